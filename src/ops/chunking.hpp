#pragma once
// From tokens to chunks and back (H-Net, arXiv 2507.07955, section 2.2).
#include "ops/packing.hpp"

namespace dna_hnet::ops {

// Where the chunks of a stage lie, from its boundary mask.
struct ChunkMap {
    Packing inner;  // chunks per sequence; empty sequences are those that started no chunk in this
                    // segment
    at::Tensor selected_M;  // token of each chunk's start, int64
    at::Tensor chunk_T;     // row of [chunks; carried values] that each token copies: M + i before
                            // sequence i's first boundary
    at::Tensor counts_M;    // tokens that copy each row of that table, int64, M + N entries
};
// mask (T) bool. One read-back of the mask to the host, the only one of a stage.
ChunkMap make_chunk_map(const at::Tensor& mask_T, const Packing& packing);

// Rows of the chunk starts: (T, D) -> (M, D).
at::Tensor select_chunks(const at::Tensor& hidden_TD, const ChunkMap& map);

struct SmoothResult {
    at::Tensor smoothed_MD;  // float32
    at::Tensor last_ND;      // each sequence's last smoothed value; only when `last` was given
};
// zbar_j = P_j z_j + (1 - P_j) zbar_{j-1} per sequence (eq. 5), P = clamp(p, 1e-4, 1 - 1e-4),
// zbar_{-1} = last or 0; always float32. Gradients: z, p (zero where the clamp acts).
SmoothResult smooth_chunks(const at::Tensor& z_MD, const at::Tensor& prob_M, const Packing& inner,
                           const at::Tensor& last_ND);

// Every token gets its chunk's value: (M, D) -> (T, D). `last` fills tokens before a continuing
// segment's first boundary.
at::Tensor upsample_chunks(const at::Tensor& smoothed_MD, const at::Tensor& last_ND,
                           const ChunkMap& map);

// dechunked * STE(c) + residual, in float32, c = p at boundaries and 1 - p elsewhere; forward
// multiplies by exactly 1 (eq. 6-9).
at::Tensor straight_through(const at::Tensor& dechunked_TD, const at::Tensor& prob_T,
                            const at::Tensor& mask_T, const at::Tensor& residual_TD);

}  // namespace dna_hnet::ops
