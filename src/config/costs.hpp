#pragma once
// Parameters, FLOPs and memory of a configuration, by arithmetic (reference-hnet.md sections 9.1 and 9.3).
#include <cstdint>
#include <string>
#include <vector>

#include "config/model_config.hpp"

namespace dna_hnet::config {

struct ModuleCost {
    std::string module;       // "embeddings", "stage 0 encoder", "stage 0 router", "stage 0 residual", ..., "lm_head"
    std::int64_t parameters = 0;
    double flops_per_base = 0;  // forward
};

// One row per module, outermost first, in the order of the data flow. FLOPs at `context` bases with `target_ratio` bases per chunk.
std::vector<ModuleCost> module_costs(const ModelConfig& model, std::int64_t context, const std::vector<double>& target_ratio);
std::int64_t parameter_count(const ModelConfig& model);
// Forward, as the paper counts: without router, residual projection and smoothing.
double flops_per_base(const ModelConfig& model, std::int64_t context, const std::vector<double>& target_ratio);
// Bytes of carried state per sequence (convolution tails, SSM states, keys and values at `context` bases).
std::int64_t state_bytes(const ModelConfig& model, std::int64_t context, const std::vector<double>& target_ratio);

}  // namespace dna_hnet::config
