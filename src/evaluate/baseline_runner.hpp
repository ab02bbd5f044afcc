#pragma once
// The counting models over the same sequences as the model. Torch-free.
#include <functional>
#include <vector>

#include "baselines/baseline_set.hpp"
#include "evaluate/sequence_plan.hpp"
#include "genome/reference.hpp"

namespace dna_hnet::evaluate {

struct BaselineRun {
    Mode mode = Mode::windows;
    std::int64_t context = 0;
    int threads = 1;
    bool orders_only = false;  // order 0 to 12 alone: the first 13 rows
};

// Bits of one piece of a sequence, row by row of BaselineSet::names(): bits[row * length + i] is
// base begin + i of the piece in forward coordinates, on either strand. Bases that are not A C G T
// have 0.
struct BaselineValues {
    genome::Interval piece;
    std::vector<float> bits;
};

// Scores every base of `regions` that lies in `segments` (as ModelRunner::run). `sink` is called
// from several threads at once, each base once, in no order. Throws Stopped after a stop signal.
void run_baselines(const baselines::BaselineSet& set, const BaselineRun& run,
                   genome::Reference& reference, const std::vector<genome::Interval>& segments,
                   const std::vector<genome::Interval>& regions, genome::Strand strand,
                   const std::function<void(const BaselineValues&)>& sink);

}  // namespace dna_hnet::evaluate
