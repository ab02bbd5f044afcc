#pragma once
// Bits per base on a fixed, evenly spaced part of the validation split, on the scoring grid
// (genome/windows.hpp): each window's first context / 4 bases are read and not scored. Forward
// strand.
#include <memory>
#include <vector>

#include "batch/token_batch.hpp"
#include "genome/reference.hpp"
#include "genome/windows.hpp"
#include "train/replicas.hpp"
#include "train/step_engine.hpp"

namespace dna_hnet::train {

class ValidationSet {
  public:
    // `intervals`: the validation split, merged. eval_bases 0: every window of it; else so many
    // windows that about eval_bases bases count, at even distances. Always the same ones for the
    // same arguments.
    ValidationSet(genome::Reference& reference, const std::vector<genome::Interval>& intervals,
                  const config::TrainConfig& config, genome::Vocabulary vocabulary);
    bool empty() const { return sequences_.empty(); }
    std::int64_t bases() const { return bases_; }  // that count, N included

    // Spread over the replicas; the sum is in the order of the windows. Stops between batches when
    // a stop signal has come (Stopped).
    StepStatistics evaluate(Replicas& replicas) const;

  private:
    batch::TokenBatch read(genome::Reference& reference, std::size_t begin, std::size_t end) const;

    std::unique_ptr<genome::Reference> reference_;
    std::vector<genome::Sequence> sequences_;  // yields cut to the split
    std::int64_t bases_ = 0, batch_bases_ = 0;
    genome::Vocabulary vocabulary_;
};

}  // namespace dna_hnet::train
