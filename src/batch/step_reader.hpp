#pragma once
// The data of one training step: `accumulate` micro-batches of batch_bases / context windows; of
// more where windows are shorter than the context (reads). Step s reads the windows
// [s * windows_per_step, (s + 1) * windows_per_step).
#include <memory>
#include <optional>
#include <vector>

#include "batch/token_batch.hpp"
#include "batch/window_sampler.hpp"
#include "config/train_config.hpp"
#include "genome/reference.hpp"

namespace dna_hnet::batch {

struct StepBatch {
    std::int64_t step = 0;
    std::vector<TokenBatch> micro_batches;
    double total_weight = 0;  // of the whole step: dividing by it is the same as weights of mean 1
    std::int64_t bases = 0;
};

class StepReader {
  public:
    // `train_intervals`: merged. `repeats` (merged, by contig number) replaces the FASTA's case as
    // the soft-mask. usage error: batch_bases is no multiple of context; a soft-mask weight other
    // than 1 on a training contig with less than 1 % lower case and no `repeats`. `fill`: as many
    // windows as hold batch_bases on average, for intervals that are shorter than the context.
    StepReader(genome::Reference& reference, const std::vector<genome::Interval>& train_intervals,
               const config::TrainConfig& config, genome::Vocabulary vocabulary,
               std::optional<std::vector<genome::Interval>> repeats, bool fill = false);

    StepBatch read(std::int64_t step);
    std::int64_t windows_per_step() const { return windows_ * accumulate_; }
    const WindowSampler& sampler() const { return *sampler_; }

  private:
    std::vector<genome::Base> bases_of(const TrainingWindow& window);

    std::unique_ptr<genome::Reference>
        reference_;  // a clone: the reader may move to another thread
    std::optional<WindowSampler> sampler_;
    genome::Vocabulary vocabulary_;
    WeightRule rule_;
    std::optional<std::vector<genome::Interval>> repeats_;
    std::int64_t windows_, accumulate_;
};

// `intervals` without gaps: cut at runs of 50 or more N.
std::vector<genome::Interval> without_gaps(genome::Reference& reference,
                                           const std::vector<genome::Interval>& intervals);

}  // namespace dna_hnet::batch
