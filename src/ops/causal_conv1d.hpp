#pragma once
// Causal depth-wise convolution with SiLU, per packed sequence (Mamba-2's xBC path).
#include "ops/packing.hpp"

namespace dna_hnet::ops {

struct ConvResult {
    at::Tensor y_TF;      // SiLU(bias + sum_k weight[:, k] * x[t - (W-1) + k])
    at::Tensor tail_NWF;  // the last W-1 inputs of every sequence, oldest first; only when a tail
                          // was given
};

// x (T, F), weight (F, W), bias (F), tail (N, W-1, F): the inputs before each sequence's first
// token, or undefined (zeros, no tail is returned). A sequence shorter than W-1 keeps part of its
// old tail; an empty one keeps all of it. Gradients: x, weight, bias. No gradient flows into or out
// of a tail.
ConvResult causal_conv1d(const at::Tensor& x_TF, const at::Tensor& weight_FW,
                         const at::Tensor& bias_F, const Packing& packing,
                         const at::Tensor& tail_NWF = {});

}  // namespace dna_hnet::ops
