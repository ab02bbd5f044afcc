#pragma once
// The whole model: embedding, H-Net stages, head. Parameter names equal those of the released
// checkpoints.
//
//   LanguageModelImpl model(config::preset_model("tiny"));
//   initialize(model, seed);
//   auto out = model.forward(tokens_T, ops::make_packing({1024, 1024}, at::kCPU), {});
//   out.logits_TV;  // (2048, vocabulary): logits of the token after each
#include <torch/nn/module.h>

#include <memory>
#include <vector>

#include "config/model_config.hpp"
#include "model/hnet_stage.hpp"

namespace dna_hnet::model {

struct ModelOutput {
    at::Tensor logits_TV;             // float32; undefined with decisions_only
    std::vector<StageOutput> stages;  // outermost first; none for an isotropic model
    at::Tensor hidden_TD;             // before the head; with keep_activations
};

struct EmbeddingImpl : torch::nn::Module {
    EmbeddingImpl(std::int64_t vocabulary, std::int64_t width);
    at::Tensor weight;  // (V, D)
};

struct LanguageModelImpl : torch::nn::Module {
    explicit LanguageModelImpl(const config::ModelConfig& config);
    ModelOutput forward(const at::Tensor& tokens_T, const ops::Packing& packing,
                        const ForwardOptions& options);
    ModelState empty_state(std::int64_t sequences) const;
    at::Device device() const { return embedding_weight().device(); }
    // --attention-window: keys that unlimited attention may see, itself included, in units of the
    // layer's own stage.
    void set_attention_window(std::int64_t keys) { backbone->set_attention_window(keys); }
    const at::Tensor& embedding_weight() const { return embeddings->weight; }

    config::ModelConfig config;
    std::shared_ptr<EmbeddingImpl> embeddings;
    std::shared_ptr<HNetStageImpl> backbone;
    std::shared_ptr<nn::LinearImpl> lm_head;
};
using LanguageModel = std::shared_ptr<LanguageModelImpl>;

// Initial values (reference-hnet.md section 2.10): N(0, 0.02), output projections scaled by the
// depth of the residual stream, Mamba-2's own ranges, identity routing, zero residual projection
// (its bias too: the released code leaves a random one). Every tensor draws from a stream of its
// own, so a value does not depend on what else the model holds.
void initialize(LanguageModelImpl& model, std::uint64_t seed);

}  // namespace dna_hnet::model
