#pragma once
// Rotary position embedding (Su et al. 2021), half-split pairs (i, i + R/2), base 10000, on the
// first R of each head's dimensions.
#include "ops/packing.hpp"

namespace dna_hnet::ops {

struct RotaryTable {
    at::Tensor cos_TR, sin_TR;  // (T, R/2), float32
};
// Angles in double from int64 positions: token j of sequence i has position first_positions[i] + j.
RotaryTable rotary_table(const Packing& packing, const std::vector<std::int64_t>& first_positions,
                         std::int64_t rotary_dim);

// x (T, H, d) -> the same with its first rotary dimensions turned.
at::Tensor apply_rotary(const at::Tensor& x_THd, const RotaryTable& table);

}  // namespace dna_hnet::ops
