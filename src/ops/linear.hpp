#pragma once
// y = x W^T + b for packed rows.
#include <ATen/core/Tensor.h>

namespace dna_hnet::ops {

// x (T, I), weight (O, I), bias (O) or undefined -> (T, O). A small product is padded to a multiple
// of 4 rows, at least 16: the BLAS takes another path for fewer (below 4 with AVX2, below 16 with
// AVX-512), and several threads share a small product in blocks of 4 rows, so that a row's bits
// would depend on the rows beside it and on the number of threads (the invariance law). 5 rows run
// as 16, 17 as 20. From 512 rows on each thread has whole blocks.
at::Tensor linear(const at::Tensor& x_TI, const at::Tensor& weight_OI,
                  const at::Tensor& bias_O = {});

}  // namespace dna_hnet::ops
