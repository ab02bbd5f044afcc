#pragma once
// Parameters, FLOPs and memory of a configuration, by arithmetic.
// FLOPs follow the H-Net paper's appendix B with the output projection at its real width: a
// multiply-add is two, attention over c keys costs 4 D c + 3 H c, stage s runs on 1 /
// prod(target_ratio[i], i < s) positions per base. `target_ratio` has one entry per non-innermost
// stage; empty means 3 each. Errors: usage (wrong number of ratios, ratio <= 1, context < 1).
//
//   flops_per_base(preset_model("t9"), 1024, {})  -> 76.6e6
#include <cstdint>
#include <string>
#include <vector>

#include "config/model_config.hpp"

namespace dna_hnet::config {

struct ModuleCost {
    std::string module;  // "embeddings", "stage 0 encoder", "stage 0 router", "stage 0 residual",
                         // ..., "lm_head"
    std::int64_t parameters = 0;
    double flops_per_base = 0;  // forward
    bool counted = true;        // in flops_per_base(): false for routers and residual projections
};

// One row per module, outermost first, in the order of the data flow. FLOPs at `context` bases with
// `target_ratio` bases per chunk.
std::vector<ModuleCost> module_costs(const ModelConfig& model, std::int64_t context,
                                     const std::vector<double>& target_ratio);
std::int64_t parameter_count(const ModelConfig& model);
// Forward, as the paper counts: without router, residual projection and smoothing.
double flops_per_base(const ModelConfig& model, std::int64_t context,
                      const std::vector<double>& target_ratio);
// Bytes of carried state per sequence (convolution tails, SSM states, keys and values at `context`
// bases).
std::int64_t state_bytes(const ModelConfig& model, std::int64_t context,
                         const std::vector<double>& target_ratio);

}  // namespace dna_hnet::config
