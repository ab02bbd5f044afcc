#pragma once
// The arithmetic of one training step up to the gradients: loss and backward of every micro-batch,
// spread over the replicas.
//
// One micro-batch is one loss group: its ratio statistics are pooled over all its tokens. The token
// loss is a sum divided by the whole step's weight, the ratio loss is averaged over micro-batches;
// so the gradient does not depend on how micro-batches are spread.
#include <vector>

#include "batch/step_reader.hpp"
#include "train/replicas.hpp"

namespace dna_hnet::train {

struct StageStatistics {
    std::int64_t tokens = 0, chunks = 0;  // of this stage; chunks = tokens of the next
};

struct StepStatistics {
    double loss = 0;  // what is minimised: weighted nats per base + ratio loss weight * ratio loss
    double ratio_loss = 0;  // sum over stages, mean over micro-batches; 1 per stage at the target
    double bits = 0;        // sum over scored bases, without soft-mask weights
    std::int64_t scored_bases = 0;
    std::vector<StageStatistics> stages;
    double bits_per_base() const {
        return scored_bases > 0 ? bits / static_cast<double>(scored_bases) : 0;
    }
    // Bases per chunk of stage s.
    double bases_per_chunk(std::size_t stage) const;
};

// Adds the gradients of `batch` to those that the replicas hold; the optimizer then has their sum.
StepStatistics accumulate_gradients(Replicas& replicas, const batch::StepBatch& batch,
                                    const config::TrainConfig& config);

// Forward alone: bits and chunk counts of one batch. Works without gradients.
StepStatistics forward_statistics(model::LanguageModelImpl& model, const batch::TokenBatch& batch);

void add_statistics(StepStatistics& sum, const StepStatistics& part);

}  // namespace dna_hnet::train
