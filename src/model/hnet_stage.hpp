#pragma once
// One stage of the H-Net: encoder, router, chunk selection, the stage inside, smoothing and
// upsampling, residual, decoder (arXiv 2507.07955, section 2; reference-hnet.md section 3). The
// innermost stage is one isotropic stack.
#include <torch/nn/module.h>

#include <memory>
#include <vector>

#include "config/model_config.hpp"
#include "model/state.hpp"
#include "nn/isotropic.hpp"
#include "nn/linear.hpp"
#include "ops/chunking.hpp"
#include "ops/packing.hpp"

namespace dna_hnet::model {

// What a stage decided, and on request its activations. T tokens of this stage, M chunks.
struct StageOutput {
    ops::Packing packing;  // of the stage's own tokens
    at::Tensor prob_T;     // boundary probability, float32
    at::Tensor mask_T;     // boundary, bool
    ops::ChunkMap chunks;  // inner packing, token of each chunk's start
    at::Tensor encoder_TD, main_MD, dechunked_TD, decoder_TD;  // with keep_activations
};

struct ForwardOptions {
    ModelState* state = nullptr;  // read and updated; null: every sequence starts here
    const std::vector<at::Tensor>* forced =
        nullptr;  // boundary masks per stage (T_s) bool, in place of p > 0.5
    bool keep_activations = false;
    bool decisions_only = false;  // ends after the innermost router: no logits
};

struct RoutingModuleImpl : torch::nn::Module {
    explicit RoutingModuleImpl(std::int64_t width);
    std::shared_ptr<nn::LinearImpl> q_proj_layer, k_proj_layer;
};

struct HNetStageImpl : torch::nn::Module {
    HNetStageImpl(const config::ModelConfig& config, std::int64_t stage);

    // hidden (T, D_in) -> (T, D_in), undefined with `decisions_only`; appends this stage's output
    // and those of the stages inside to `outputs`.
    at::Tensor forward(const at::Tensor& hidden_TD, const ops::Packing& packing,
                       const ForwardOptions& options, std::vector<StageOutput>& outputs);
    void append_empty_state(std::int64_t sequences, at::Device device,
                            std::vector<StageState>& states) const;
    void set_attention_window(std::int64_t keys);

    std::int64_t stage, width, outer_width;
    at::Tensor pad_dimension;  // (D_s - D_{s-1}) or undefined
    std::shared_ptr<nn::IsotropicImpl> encoder, decoder, innermost;
    std::shared_ptr<RoutingModuleImpl> routing_module;
    std::shared_ptr<nn::LinearImpl> residual_proj;
    std::shared_ptr<HNetStageImpl> inner;

  private:
    at::Tensor chunked(const at::Tensor& hidden_TD, const ops::Packing& packing,
                       const ForwardOptions& options, std::vector<StageOutput>& outputs,
                       StageState* state);
    void route(const at::Tensor& encoded_TD, const ForwardOptions& options, StageState* state,
               StageOutput& out) const;
};

}  // namespace dna_hnet::model
