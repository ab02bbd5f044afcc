#pragma once
// Causal attention of packed sequences, windowed, with keys and values carried from earlier
// segments.
#include "ops/packing.hpp"

namespace dna_hnet::ops {

// Keys and values of what each sequence has read so far, trimmed to the window: one (L_i, H, d)
// pair per sequence, keys already rotated.
struct KeyValueCache {
    std::vector<at::Tensor> keys, values;
};

// q, k, v (T, H, d), already rotated -> (T, H, d). Softmax scale d^(-1/2). Query i of a sequence
// sees keys j with i - window <= j <= i (window + 1 keys, itself included); window -1 is unlimited.
// A window never crosses sequences. With a cache its keys stand before the segment's, and it is
// updated. Scores and softmax are computed in blocks of queries, so memory is bounded by the
// window.
at::Tensor attention(const at::Tensor& q_THd, const at::Tensor& k_THd, const at::Tensor& v_THd,
                     std::int64_t window, const Packing& packing, KeyValueCache* cache = nullptr);

}  // namespace dna_hnet::ops
