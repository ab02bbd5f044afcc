#pragma once
// The selective state-space scan of Mamba-2 (Dao & Gu 2024, "Transformers are SSDs"), chunked, per
// packed sequence:
//
//   S_t = exp(dt_t A_h) S_{t-1} + dt_t x_t (x) B_t         S: (P, N) per head
//   y_t = S_t C_t + D_h x_t
//
// Within a chunk of kScanChunk tokens the recurrence is a masked matrix product; between chunks the
// state is carried, in float32.
#include "ops/packing.hpp"

namespace dna_hnet::ops {

struct ScanResult {
    at::Tensor y_TF;        // (T, H*P)
    at::Tensor state_NHPS;  // (sequences, H, P, N), float32; only when a state was given
};

// xbc (T, H*P + 2N) = [x | B | C], x head-major, B and C shared by all heads; dt (T, H) >= 0; A (H)
// < 0; D (H) or undefined. state: (sequences, H, P, N) float32 before the first token, or undefined
// (zeros, none is returned). An empty sequence keeps its state. Gradients: xbc, dt, A, D. None
// flows into or out of the state.
ScanResult ssd_scan(const at::Tensor& xbc_TF, const at::Tensor& dt_TH, const at::Tensor& A_H,
                    const at::Tensor& D_H, std::int64_t d_state, const Packing& packing,
                    const at::Tensor& state_NHPS = {});

}  // namespace dna_hnet::ops
