#include "model/language_model.hpp"

#include <ATen/ATen.h>

#include "ops/linear.hpp"

namespace dna_hnet::model {

EmbeddingImpl::EmbeddingImpl(std::int64_t vocabulary, std::int64_t width) {
    weight = register_parameter("weight", at::zeros({vocabulary, width}));
}

LanguageModelImpl::LanguageModelImpl(const config::ModelConfig& model_config)
    : config(model_config) {
    const std::int64_t width = config.stages.at(0).d_model;
    embeddings =
        register_module("embeddings", std::make_shared<EmbeddingImpl>(config.vocab_size, width));
    backbone = register_module("backbone", std::make_shared<HNetStageImpl>(config, 0));
    if (!config.tie_embeddings) {
        lm_head =
            register_module("lm_head", std::make_shared<nn::LinearImpl>(width, config.vocab_size));
    }
}

ModelOutput LanguageModelImpl::forward(const at::Tensor& tokens_T, const ops::Packing& packing,
                                       const ForwardOptions& options) {
    TORCH_CHECK(tokens_T.size(0) == packing.total(), "model: ", tokens_T.size(0),
                " tokens, packing has ", packing.total());
    TORCH_CHECK(!options.state || options.state->sequences() == packing.sequences(),
                "model: state of ", options.state ? options.state->sequences() : 0,
                " sequences, packing has ", packing.sequences());
    ModelOutput output;
    const auto embedded = at::embedding(embeddings->weight, tokens_T.to(at::kLong));
    const auto hidden = backbone->forward(embedded, packing, options, output.stages);
    if (!hidden.defined()) return output;
    if (options.keep_activations) output.hidden_TD = hidden;
    output.logits_TV =
        ops::linear(hidden, lm_head ? lm_head->weight : embeddings->weight).to(at::kFloat);
    return output;
}

ModelState LanguageModelImpl::empty_state(std::int64_t sequences) const {
    ModelState state;
    backbone->append_empty_state(sequences, device(), state.stages);
    return state;
}

}  // namespace dna_hnet::model
