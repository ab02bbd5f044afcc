#pragma once
// The number type that sums, scans and statistics are kept in.
#include <ATen/core/Tensor.h>

namespace dna_hnet::ops {

// float64 stays float64, so that gradients can be checked by central differences; everything else
// is float32: accumulate_type(at::kBFloat16) == at::kFloat.
inline at::ScalarType accumulate_type(at::ScalarType type) {
    return type == at::kDouble ? at::kDouble : at::kFloat;
}

// The tensor in that type; the tensor itself where it is so already.
inline at::Tensor to_accumulate(const at::Tensor& tensor) {
    return tensor.to(accumulate_type(tensor.scalar_type()));
}

}  // namespace dna_hnet::ops
