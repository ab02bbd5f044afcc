#pragma once
// y = x W^T + b for packed rows.
#include <ATen/core/Tensor.h>

namespace dna_hnet::ops {

// x (T, I), weight (O, I), bias (O) or undefined -> (T, O). A product of fewer than 4 rows is
// padded to 4: below that the BLAS takes another path and a row's bits would depend on how many
// rows run beside it (semantics.md, the invariance law).
at::Tensor linear(const at::Tensor& x_TI, const at::Tensor& weight_OI,
                  const at::Tensor& bias_O = {});

}  // namespace dna_hnet::ops
