#pragma once
// RMSNorm (Zhang & Sennrich 2019): y = x / sqrt(mean(x^2) + eps) * w, eps = 1e-5 inside the root.
// Sums in float32.
#include <ATen/core/Tensor.h>

namespace dna_hnet::ops {

inline constexpr double kNormEpsilon = 1e-5;

struct NormResult {
    at::Tensor normed_TD;    // in the dtype of x
    at::Tensor residual_TD;  // x + residual, float32
};
// residual: float32 (T, D), or undefined (then 0). Gradients: x, residual, weight.
NormResult add_rms_norm(const at::Tensor& x_TD, const at::Tensor& residual_TD,
                        const at::Tensor& weight_D);

// Gate first, then norm over the whole row: rms_norm(x * SiLU(z)) * w. Gradients: x, z, weight.
at::Tensor gated_rms_norm(const at::Tensor& x_TD, const at::Tensor& z_TD,
                          const at::Tensor& weight_D);

}  // namespace dna_hnet::ops
