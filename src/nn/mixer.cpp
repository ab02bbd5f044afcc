#include "nn/mixer.hpp"

#include <ATen/ATen.h>

#include "ops/causal_conv1d.hpp"
#include "ops/elementwise.hpp"
#include "ops/rms_norm.hpp"
#include "ops/ssd_scan.hpp"

namespace dna_hnet::nn {

MixerState select_rows(const MixerState& state, const std::vector<std::int64_t>& rows) {
    MixerState result;
    if (state.ssm_NHPS.defined()) {
        const auto index = ops::index_tensor(rows, state.ssm_NHPS.device());
        result.conv_tail_NWF = state.conv_tail_NWF.index_select(0, index);
        result.ssm_NHPS = state.ssm_NHPS.index_select(0, index);
    }
    for (const std::int64_t row : rows) {
        if (state.cache.keys.empty()) break;
        result.cache.keys.push_back(
            state.cache.keys[row]);  // a cache is replaced, never written in place
        result.cache.values.push_back(state.cache.values[row]);
    }
    return result;
}

MixerState concat_rows(const std::vector<const MixerState*>& states) {
    MixerState result;
    std::vector<at::Tensor> tails, ssm;
    for (const MixerState* state : states) {
        if (state->ssm_NHPS.defined()) {
            tails.push_back(state->conv_tail_NWF);
            ssm.push_back(state->ssm_NHPS);
        }
        result.cache.keys.insert(result.cache.keys.end(), state->cache.keys.begin(),
                                 state->cache.keys.end());
        result.cache.values.insert(result.cache.values.end(), state->cache.values.begin(),
                                   state->cache.values.end());
    }
    if (!ssm.empty()) {
        result.conv_tail_NWF = at::cat(tails);
        result.ssm_NHPS = at::cat(ssm);
    }
    return result;
}

Mamba2Impl::Conv1dWeights::Conv1dWeights(std::int64_t channels, std::int64_t width) {
    weight = register_parameter("weight", at::zeros({channels, 1, width}));
    bias = register_parameter("bias", at::zeros({channels}));
}

Mamba2Impl::Mamba2Impl(const config::StageConfig& stage) : config(stage) {
    const std::int64_t inner = config.d_inner(), heads = config.ssm_heads(),
                       states = config.d_state;
    in_proj = register_module(
        "in_proj", std::make_shared<LinearImpl>(config.d_model, 2 * inner + 2 * states + heads));
    conv1d = register_module("conv1d",
                             std::make_shared<Conv1dWeights>(inner + 2 * states, config.d_conv));
    dt_bias = register_parameter("dt_bias", at::zeros({heads}));
    A_log = register_parameter("A_log", at::zeros({heads}));
    D = register_parameter("D", at::ones({heads}));
    norm = register_module("norm", std::make_shared<RmsNormImpl>(inner));
    out_proj = register_module("out_proj", std::make_shared<LinearImpl>(inner, config.d_model));
}

at::Tensor Mamba2Impl::forward(const at::Tensor& u_TD, const MixerContext& context,
                               MixerState* state) {
    const std::int64_t inner = config.d_inner();
    const auto parts = at::split_with_sizes(
        in_proj->forward(u_TD), {inner, inner + 2 * config.d_state, config.ssm_heads()}, 1);
    const auto conv =
        ops::causal_conv1d(parts[1], conv1d->weight.squeeze(1), conv1d->bias, context.packing,
                           state ? state->conv_tail_NWF : at::Tensor());
    const auto dt = ops::softplus(parts[2].to(at::kFloat) + dt_bias);
    const auto scan = ops::ssd_scan(conv.y_TF, dt, -A_log.exp(), D, config.d_state, context.packing,
                                    state ? state->ssm_NHPS : at::Tensor());
    if (state) {
        state->conv_tail_NWF = conv.tail_NWF;
        state->ssm_NHPS = scan.state_NHPS;
    }
    return out_proj->forward(ops::gated_rms_norm(scan.y_TF, parts[0], norm->weight));
}

MixerState Mamba2Impl::empty_state(std::int64_t sequences, at::Device device) const {
    MixerState state;
    const auto options = at::TensorOptions().dtype(at::kFloat).device(device);
    state.conv_tail_NWF =
        at::zeros({sequences, config.d_conv - 1, config.d_inner() + 2 * config.d_state}, options);
    state.ssm_NHPS =
        at::zeros({sequences, config.ssm_heads(), config.head_dim, config.d_state}, options);
    return state;
}

AttentionImpl::AttentionImpl(const config::StageConfig& stage) : config(stage) {
    Wqkv =
        register_module("Wqkv", std::make_shared<LinearImpl>(config.d_model, 3 * config.d_model));
    out_proj =
        register_module("out_proj", std::make_shared<LinearImpl>(config.d_model, config.d_model));
}

std::int64_t AttentionImpl::window() const {
    return config.window < 0 && window_override ? *window_override - 1 : config.window;
}

at::Tensor AttentionImpl::forward(const at::Tensor& u_TD, const MixerContext& context,
                                  MixerState* state) {
    const std::int64_t heads = config.num_heads, dim = config.d_model / heads;
    const auto qkv = at::split(Wqkv->forward(u_TD), config.d_model, 1);
    auto q = qkv[0].reshape({-1, heads, dim}), k = qkv[1].reshape({-1, heads, dim});
    const auto v = qkv[2].reshape({-1, heads, dim});
    if (context.rotary) {
        q = ops::apply_rotary(q, *context.rotary);
        k = ops::apply_rotary(k, *context.rotary);
    }
    const auto out =
        ops::attention(q, k, v, window(), context.packing, state ? &state->cache : nullptr);
    return out_proj->forward(out.reshape({-1, config.d_model}));
}

MixerState AttentionImpl::empty_state(std::int64_t sequences, at::Device /*device*/) const {
    MixerState state;
    state.cache.keys.resize(sequences);
    state.cache.values.resize(sequences);
    return state;
}

}  // namespace dna_hnet::nn
