#include "model/hnet_stage.hpp"

#include <ATen/ATen.h>

#include "ops/routing.hpp"

namespace dna_hnet::model {
namespace {

// Rows of the last token of every sequence in this segment; an empty sequence keeps its old row.
at::Tensor last_rows(const at::Tensor& rows_TD, const at::Tensor& old_ND,
                     const ops::Packing& packing) {
    std::vector<std::int64_t> index;
    for (std::int64_t i = 0; i < packing.sequences(); ++i) {
        index.push_back(packing.length(i) > 0 ? packing.cu[i + 1] - 1 : packing.total() + i);
    }
    return at::cat({rows_TD, old_ND}).index_select(0, ops::index_tensor(index, rows_TD.device()));
}

void advance(std::vector<std::int64_t>& positions, const ops::Packing& packing) {
    for (std::int64_t i = 0; i < packing.sequences(); ++i) positions[i] += packing.length(i);
}

void set_window(nn::IsotropicImpl& stack, std::int64_t keys) {
    for (auto& block : stack.blocks) {
        if (auto* attention = dynamic_cast<nn::AttentionImpl*>(block->mixer.get()))
            attention->window_override = keys;
    }
}

}  // namespace

RoutingModuleImpl::RoutingModuleImpl(std::int64_t width) {
    q_proj_layer = register_module("q_proj_layer", std::make_shared<nn::LinearImpl>(width, width));
    k_proj_layer = register_module("k_proj_layer", std::make_shared<nn::LinearImpl>(width, width));
}

HNetStageImpl::HNetStageImpl(const config::ModelConfig& config, std::int64_t number)
    : stage(number) {
    const config::StageConfig& own = config.stages.at(stage);
    width = own.d_model;
    outer_width = stage > 0 ? config.stages[stage - 1].d_model : width;
    if (width > outer_width)
        pad_dimension = register_parameter("pad_dimension", at::zeros({width - outer_width}));
    if (own.innermost()) {
        innermost =
            register_module("main_network", std::make_shared<nn::IsotropicImpl>(own, own.main));
        return;
    }
    encoder = register_module("encoder", std::make_shared<nn::IsotropicImpl>(own, own.encoder));
    inner = register_module("main_network", std::make_shared<HNetStageImpl>(config, stage + 1));
    decoder = register_module("decoder", std::make_shared<nn::IsotropicImpl>(own, own.decoder));
    routing_module = register_module("routing_module", std::make_shared<RoutingModuleImpl>(width));
    residual_proj =
        register_module("residual_proj", std::make_shared<nn::LinearImpl>(width, width, true));
}

at::Tensor HNetStageImpl::forward(const at::Tensor& hidden_TD, const ops::Packing& packing,
                                  const ForwardOptions& options,
                                  std::vector<StageOutput>& outputs) {
    StageState* state = options.state ? &options.state->stages.at(stage) : nullptr;
    at::Tensor hidden = hidden_TD;
    if (pad_dimension.defined()) {
        hidden = at::cat(
            {hidden, pad_dimension.to(hidden.scalar_type()).expand({hidden.size(0), -1})}, 1);
    }
    if (innermost) {
        const auto positions = state ? state->positions : std::vector<std::int64_t>();
        hidden = innermost->forward(hidden, packing, state ? &state->main : nullptr, positions);
        if (state) advance(state->positions, packing);
    } else {
        hidden = chunked(hidden, packing, options, outputs, state);
    }
    const bool narrowed = hidden.defined() && outer_width < width;
    return narrowed ? hidden.narrow(1, 0, outer_width) : hidden;
}

void HNetStageImpl::route(const at::Tensor& encoded_TD, const ForwardOptions& options,
                          StageState* state, StageOutput& out) const {
    const auto q = routing_module->q_proj_layer->forward(encoded_TD);
    const auto k = routing_module->k_proj_layer->forward(encoded_TD);
    at::Tensor previous_q;
    std::vector<bool> seen;
    if (state) {
        for (const std::int64_t position : state->positions) seen.push_back(position > 0);
        previous_q = routing_module->q_proj_layer->forward(state->router_last_ND);
        state->router_last_ND = last_rows(encoded_TD.detach(), state->router_last_ND, out.packing);
    }
    out.prob_T = ops::boundary_probability(q, k, out.packing, previous_q, seen);
    out.mask_T =
        options.forced ? options.forced->at(stage) : ops::boundary_decision(out.prob_T.detach());
    TORCH_CHECK(out.mask_T.size(0) == out.packing.total(), "forced boundaries of stage ", stage,
                ": ", out.mask_T.size(0), " values for ", out.packing.total(), " tokens");
    out.chunks = ops::make_chunk_map(out.mask_T, out.packing);
}

at::Tensor HNetStageImpl::chunked(const at::Tensor& hidden_TD, const ops::Packing& packing,
                                  const ForwardOptions& options, std::vector<StageOutput>& outputs,
                                  StageState* state) {
    const auto positions = state ? state->positions : std::vector<std::int64_t>();
    const auto encoded =
        encoder->forward(hidden_TD, packing, state ? &state->encoder : nullptr, positions);
    StageOutput out;
    out.packing = packing;
    route(encoded, options, state, out);
    const std::size_t slot = outputs.size();
    outputs.push_back(out);
    if (options.decisions_only) {
        if (state) advance(state->positions, packing);
        if (!inner->innermost) {
            inner->forward(ops::select_chunks(encoded, out.chunks), out.chunks.inner, options,
                           outputs);
        }
        return {};
    }

    const auto residual = residual_proj->forward(encoded.to(at::kFloat));
    const auto main =
        inner->forward(ops::select_chunks(encoded, out.chunks), out.chunks.inner, options, outputs);
    const auto prob_M = out.prob_T.index_select(0, out.chunks.selected_M);
    const auto last = state ? state->smoothed_last_ND : at::Tensor();
    const auto smooth = ops::smooth_chunks(main, prob_M, out.chunks.inner, last);
    const auto dechunked = ops::upsample_chunks(smooth.smoothed_MD, last, out.chunks);
    const auto mixed = ops::straight_through(dechunked, out.prob_T, out.mask_T, residual)
                           .to(hidden_TD.scalar_type());
    const auto decoded =
        decoder->forward(mixed, packing, state ? &state->decoder : nullptr, positions);
    if (state) {
        state->smoothed_last_ND = smooth.last_ND;
        advance(state->positions, packing);
    }
    if (options.keep_activations) {
        outputs[slot].encoder_TD = encoded;
        outputs[slot].main_MD = main;
        outputs[slot].dechunked_TD = dechunked;
        outputs[slot].decoder_TD = decoded;
    }
    return decoded;
}

void HNetStageImpl::append_empty_state(std::int64_t sequences, at::Device device,
                                       std::vector<StageState>& states) const {
    StageState state;
    state.positions.assign(sequences, 0);
    if (innermost) {
        state.main = innermost->empty_state(sequences, device);
        states.push_back(std::move(state));
        return;
    }
    state.encoder = encoder->empty_state(sequences, device);
    state.decoder = decoder->empty_state(sequences, device);
    const auto options = at::TensorOptions().dtype(at::kFloat).device(device);
    state.router_last_ND = at::zeros({sequences, width}, options);
    state.smoothed_last_ND = at::zeros({sequences, width}, options);
    states.push_back(std::move(state));
    inner->append_empty_state(sequences, device, states);
}

void HNetStageImpl::set_attention_window(std::int64_t keys) {
    for (const auto& stack : {encoder, decoder, innermost}) {
        if (stack) set_window(*stack, keys);
    }
    if (inner) inner->set_attention_window(keys);
}

}  // namespace dna_hnet::model
