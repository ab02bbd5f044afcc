// Beside model_runner.cpp, so that a program that runs a model in memory needs no checkpoint code.
#include <ATen/ATen.h>

#include "evaluate/model_runner.hpp"
#include "model/checkpoint.hpp"

namespace dna_hnet::evaluate {

ModelRunner::ModelRunner(const model::Checkpoint& checkpoint, ReadingOptions options)
    : ModelRunner(model::load_model(checkpoint, at::Device(options.device)), options) {}

}  // namespace dna_hnet::evaluate
