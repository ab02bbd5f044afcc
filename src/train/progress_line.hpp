#pragma once
// What a step looks like on the screen and in the metrics.
//   step 1200/50000 | 2.4% | val 1.892 bpb | train 1.901 bpb | chunk 4.8 bp (s0) 21.3 (s1) | ratio
//   loss 1.012 | gnorm 0.81 | lr 3.0e-4 | 1.93 Mbp/s | mem 18.2 GiB | ETA 5h12m
// The ratio loss is the sum over stages: at the target it is 1 per stage.
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "train/step_engine.hpp"

namespace dna_hnet::train {

struct StepReport {
    std::int64_t step = 0, steps = 0;  // steps done, steps of the run
    StepStatistics statistics;
    double gradient_norm = 0, learning_rate = 0;
    double valid_bits = 0;  // the last evaluation's; NaN before the first
    std::int64_t bases_seen = 0;
    double seconds = 0,
           bases_per_second = 0;    // since the program's first step, evaluations left out
    std::int64_t memory_bytes = 0;  // peak, of the process
};

std::string progress_line(const StepReport& report);

// Columns of metrics.csv for a model with so many routed stages, and a step's and an evaluation's
// values. Wall time is in `seconds`, `bases_per_second` and `memory_bytes` alone; everything else
// repeats exactly.
std::vector<std::string> metric_columns(std::int64_t routed_stages);
std::vector<std::pair<std::string, double>> step_metrics(const StepReport& report);
std::vector<std::pair<std::string, double>> validation_metrics(const StepStatistics& statistics,
                                                               double seconds);

std::int64_t peak_memory_bytes();

}  // namespace dna_hnet::train
