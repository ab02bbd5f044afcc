#pragma once
// Functions of single elements whose bits do not depend on what stands beside the element.
//
// LibTorch's vectorised loops on the CPU take the last few elements of a tensor through the C
// library's exp and log instead of the vector ones, so that softplus(x)[i] changes in its last bit
// with the number of rows behind row i. Here the flattened tensor is padded to whole vectors
// (semantics.md, the invariance law). Differentiable.
#include <ATen/core/Tensor.h>

namespace dna_hnet::ops {

at::Tensor softplus(const at::Tensor& x);
at::Tensor silu(const at::Tensor& x);
at::Tensor log1p(const at::Tensor& x);

}  // namespace dna_hnet::ops
