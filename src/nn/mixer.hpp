#pragma once
// What a Mamba-2 layer and an attention layer have in common: (T, D) in, (T, D) out, and a state
// that is carried between segments.
#include <torch/nn/module.h>

#include <cstdint>
#include <optional>
#include <vector>

#include "config/model_config.hpp"
#include "nn/linear.hpp"
#include "ops/attention.hpp"
#include "ops/packing.hpp"
#include "ops/rotary.hpp"

namespace dna_hnet::nn {

// The state of one layer for N sequences. A Mamba-2 layer uses the first two, an attention layer
// the cache.
struct MixerState {
    at::Tensor conv_tail_NWF;  // the last d_conv - 1 inputs of the convolution, oldest first
    at::Tensor ssm_NHPS;       // float32
    ops::KeyValueCache cache;
};
// Rows (sequences) of a state: a copy of the named ones, in this order; and several states end to
// end.
MixerState select_rows(const MixerState& state, const std::vector<std::int64_t>& rows);
MixerState concat_rows(const std::vector<const MixerState*>& states);

struct MixerContext {
    const ops::Packing& packing;
    const ops::RotaryTable* rotary = nullptr;  // for attention layers with a rotary dimension
};

struct MixerImpl : torch::nn::Module {
    // `state` may be null: every sequence starts here and nothing is kept.
    virtual at::Tensor forward(const at::Tensor& u_TD, const MixerContext& context,
                               MixerState* state) = 0;
    virtual MixerState empty_state(std::int64_t sequences, at::Device device) const = 0;
};

// Mamba-2 (Dao & Gu 2024; reference-hnet.md section 2.8). in_proj rows: z, x, B, C, dt.
struct Mamba2Impl : MixerImpl {
    explicit Mamba2Impl(const config::StageConfig& config);
    at::Tensor forward(const at::Tensor& u_TD, const MixerContext& context,
                       MixerState* state) override;
    MixerState empty_state(std::int64_t sequences, at::Device device) const override;

    struct Conv1dWeights : torch::nn::Module {
        Conv1dWeights(std::int64_t channels, std::int64_t width);
        at::Tensor weight, bias;  // (F, 1, W), (F)
    };
    config::StageConfig config;
    std::shared_ptr<LinearImpl> in_proj, out_proj;
    std::shared_ptr<Conv1dWeights> conv1d;
    at::Tensor dt_bias, A_log, D;  // (H)
    std::shared_ptr<RmsNormImpl> norm;
};

// Causal multi-head attention with rotary positions and a window (reference-hnet.md section 2.7).
// Wqkv rows: q, k, v, head-major.
struct AttentionImpl : MixerImpl {
    explicit AttentionImpl(const config::StageConfig& config);
    at::Tensor forward(const at::Tensor& u_TD, const MixerContext& context,
                       MixerState* state) override;
    MixerState empty_state(std::int64_t sequences, at::Device device) const override;

    config::StageConfig config;
    std::shared_ptr<LinearImpl> Wqkv, out_proj;
    // --attention-window: replaces an unlimited window, in units of the layer's stage; keys, itself
    // included.
    std::optional<std::int64_t> window_override;
    std::int64_t window() const;
};

}  // namespace dna_hnet::nn
