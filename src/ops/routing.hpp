#pragma once
// Boundary probabilities (H-Net, arXiv 2507.07955, eq. 4, with q from the previous token and k from
// the current one, as released):
//   p_t = clamp((1 - cos(q_{t-1}, k_t)) / 2, 0, 1);  p = 1 at the first token of a sequence that
//   has not been seen before.
#include "ops/packing.hpp"

namespace dna_hnet::ops {

// q, k (T, D). previous_q (N, D): the query of the last token that each sequence read before this
// segment, or undefined; seen[i]: whether sequence i has read one. Returns p (T). Gradients: q, k;
// none at forced positions.
at::Tensor boundary_probability(const at::Tensor& q_TD, const at::Tensor& k_TD,
                                const Packing& packing, const at::Tensor& previous_q_ND,
                                const std::vector<bool>& seen);

// p > 0.5, strictly: the one place where a boundary is decided. (T) bool.
at::Tensor boundary_decision(const at::Tensor& prob_T);

}  // namespace dna_hnet::ops
