#pragma once
// A stack of pre-norm blocks with one carried float32 residual, and a final norm (reference-hnet.md
// sections 2.3-2.6).
#include <torch/nn/module.h>

#include <string>
#include <vector>

#include "config/model_config.hpp"
#include "nn/mixer.hpp"

namespace dna_hnet::nn {

// fc2(SiLU(gate) * up), fc1 rows: up, gate.
struct MlpImpl : torch::nn::Module {
    MlpImpl(std::int64_t d_model, std::int64_t width);
    at::Tensor forward(const at::Tensor& x_TD) const;
    std::shared_ptr<LinearImpl> fc1, fc2;
};

// norm1, mixer, and for upper-case letters norm2, mlp. Returns its branch un-added; the next norm
// adds it to the residual.
struct BlockImpl : torch::nn::Module {
    BlockImpl(const config::StageConfig& config, config::Layer layer);
    void forward(at::Tensor& h_TD, at::Tensor& residual_TD, const MixerContext& context,
                 MixerState* state);
    std::shared_ptr<RmsNormImpl> norm1, norm2;
    std::shared_ptr<MixerImpl> mixer;
    std::shared_ptr<MlpImpl> mlp;
};

struct StackState {
    std::vector<MixerState> layers;
};
StackState select_rows(const StackState& state, const std::vector<std::int64_t>& rows);
StackState concat_rows(const std::vector<const StackState*>& states);

struct IsotropicImpl : torch::nn::Module {
    IsotropicImpl(const config::StageConfig& config, const std::string& layout);
    // (T, D) -> (T, D). `positions`: tokens of this stage that each sequence has read before
    // (empty: none), for rotary angles.
    at::Tensor forward(const at::Tensor& hidden_TD, const ops::Packing& packing, StackState* state,
                       const std::vector<std::int64_t>& positions);
    StackState empty_state(std::int64_t sequences, at::Device device) const;

    config::StageConfig config;
    std::vector<std::shared_ptr<BlockImpl>> blocks;
    std::shared_ptr<RmsNormImpl> rmsnorm;
    bool has_attention = false;
};

}  // namespace dna_hnet::nn
