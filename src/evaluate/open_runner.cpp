// Beside model_runner.cpp, so that a program that runs a model in memory needs no checkpoint code.
#include <ATen/ATen.h>

#include "evaluate/model_runner.hpp"
#include "evaluate/variant_scorer.hpp"
#include "model/checkpoint.hpp"

namespace dna_hnet::evaluate {

ModelRunner::ModelRunner(const model::Checkpoint& checkpoint, ReadingOptions options)
    : ModelRunner(model::load_model(checkpoint, at::Device(options.device)), options) {}

namespace {

std::shared_ptr<model::LanguageModelImpl> loaded(const model::Checkpoint& checkpoint,
                                                 const std::string& device,
                                                 std::optional<std::int64_t> attention_window) {
    auto model = model::load_model(checkpoint, at::Device(device));
    if (attention_window) model->set_attention_window(*attention_window);
    return model;
}

}  // namespace

VariantScorer::VariantScorer(const model::Checkpoint& checkpoint, const std::string& device,
                             std::optional<std::int64_t> attention_window, VariantReading reading)
    : VariantScorer(loaded(checkpoint, device, attention_window), reading) {}

}  // namespace dna_hnet::evaluate
