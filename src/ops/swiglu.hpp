#pragma once
// SwiGLU (Shazeer 2020): the first half of a row times SiLU of the second half.
#include <ATen/core/Tensor.h>

namespace dna_hnet::ops {

// up_gate (T, 2F) = [up | gate] -> (T, F) = up * SiLU(gate), computed in float32.
at::Tensor swiglu(const at::Tensor& up_gate_T2F);

}  // namespace dna_hnet::ops
