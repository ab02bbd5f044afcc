#pragma once
// Tensors of the model as numbers.
#include <ATen/ATen.h>

namespace dna_hnet::evaluate {

inline constexpr double kBitsPerNat = 1.4426950408889634;

inline at::Tensor on_host(const at::Tensor& values, at::ScalarType type) {
    return values.to(at::kCPU, type).contiguous();
}

}  // namespace dna_hnet::evaluate
