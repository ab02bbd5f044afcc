#include "nn/isotropic.hpp"

#include <ATen/ATen.h>

#include "ops/rms_norm.hpp"
#include "ops/swiglu.hpp"

namespace dna_hnet::nn {

MlpImpl::MlpImpl(std::int64_t d_model, std::int64_t width) {
    fc1 = register_module("fc1", std::make_shared<LinearImpl>(d_model, 2 * width));
    fc2 = register_module("fc2", std::make_shared<LinearImpl>(width, d_model));
}

at::Tensor MlpImpl::forward(const at::Tensor& x_TD) const {
    return fc2->forward(ops::swiglu(fc1->forward(x_TD)));
}

BlockImpl::BlockImpl(const config::StageConfig& config, config::Layer layer) {
    norm1 = register_module("norm1", std::make_shared<RmsNormImpl>(config.d_model));
    if (layer.has_attention()) {
        mixer = register_module("mixer", std::make_shared<AttentionImpl>(config));
    } else {
        mixer = register_module("mixer", std::make_shared<Mamba2Impl>(config));
    }
    if (layer.has_mlp()) {
        norm2 = register_module("norm2", std::make_shared<RmsNormImpl>(config.d_model));
        const auto width =
            layer.has_attention() ? config.mlp_width_attention : config.mlp_width_mamba;
        mlp = register_module("mlp", std::make_shared<MlpImpl>(config.d_model, width));
    }
}

void BlockImpl::forward(at::Tensor& h_TD, at::Tensor& residual_TD, const MixerContext& context,
                        MixerState* state) {
    auto first = ops::add_rms_norm(h_TD, residual_TD, norm1->weight);
    h_TD = mixer->forward(first.normed_TD, context, state);
    residual_TD = first.residual_TD;
    if (!mlp) return;
    auto second = ops::add_rms_norm(h_TD, residual_TD, norm2->weight);
    h_TD = mlp->forward(second.normed_TD);
    residual_TD = second.residual_TD;
}

StackState select_rows(const StackState& state, const std::vector<std::int64_t>& rows) {
    StackState result;
    for (const auto& layer : state.layers) result.layers.push_back(select_rows(layer, rows));
    return result;
}

StackState concat_rows(const std::vector<const StackState*>& states) {
    StackState result;
    for (std::size_t i = 0; i < states.at(0)->layers.size(); ++i) {
        std::vector<const MixerState*> layers;
        for (const StackState* state : states) layers.push_back(&state->layers[i]);
        result.layers.push_back(concat_rows(layers));
    }
    return result;
}

IsotropicImpl::IsotropicImpl(const config::StageConfig& stage, const std::string& layout)
    : config(stage) {
    const auto list = register_module("layers", std::make_shared<torch::nn::Module>());
    for (const config::Layer layer : config::parse_stack(layout)) {
        blocks.push_back(list->register_module(std::to_string(blocks.size()),
                                               std::make_shared<BlockImpl>(config, layer)));
        has_attention = has_attention || layer.has_attention();
    }
    rmsnorm = register_module("rmsnorm", std::make_shared<RmsNormImpl>(config.d_model));
}

at::Tensor IsotropicImpl::forward(const at::Tensor& hidden_TD, const ops::Packing& packing,
                                  StackState* state, const std::vector<std::int64_t>& positions) {
    if (packing.total() == 0) return hidden_TD;
    ops::RotaryTable table;
    MixerContext context{packing};
    if (has_attention && config.rotary_dim > 0) {
        table = ops::rotary_table(packing, positions, config.rotary_dim);
        context.rotary = &table;
    }
    at::Tensor h = hidden_TD, residual;
    for (std::size_t i = 0; i < blocks.size(); ++i) {
        blocks[i]->forward(h, residual, context, state ? &state->layers[i] : nullptr);
    }
    return ops::add_rms_norm(h, residual, rmsnorm->weight).normed_TD;
}

StackState IsotropicImpl::empty_state(std::int64_t sequences, at::Device device) const {
    StackState state;
    for (const auto& block : blocks)
        state.layers.push_back(block->mixer->empty_state(sequences, device));
    return state;
}

}  // namespace dna_hnet::nn
