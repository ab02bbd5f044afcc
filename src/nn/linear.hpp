#pragma once
// The two smallest modules: a linear layer and a norm's weight. Values are set by model::initialize
// or a checkpoint.
#include <torch/nn/module.h>

#include <cstdint>

namespace dna_hnet::nn {

struct LinearImpl : torch::nn::Module {
    LinearImpl(std::int64_t in, std::int64_t out, bool with_bias = false);
    at::Tensor forward(const at::Tensor& x_TI) const;
    at::Tensor weight;  // (out, in)
    at::Tensor bias;    // (out) or undefined
};

// Holds the weight (D) only; the arithmetic is ops::add_rms_norm or ops::gated_rms_norm.
struct RmsNormImpl : torch::nn::Module {
    explicit RmsNormImpl(std::int64_t width);
    at::Tensor weight;
};

}  // namespace dna_hnet::nn
