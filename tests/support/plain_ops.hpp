#pragma once
// The plain formulation of every operation in src/ops: the formula of its header written down per
// token or per sequence, in ordinary differentiable tensor code, any floating type. The oracle of
// tests/ops and the yardstick of tests/bench; slow on purpose.
//
//   plain::causal_conv1d(x_TF, weight_FW, bias_F, {3, 0, 2}, {})   // lengths of three sequences
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

namespace dna_hnet::plain {

using Lengths = std::vector<std::int64_t>;

at::Tensor linear(const at::Tensor& x_TI, const at::Tensor& weight_OI, const at::Tensor& bias_O);
// x / sqrt(mean(x^2) + 1e-5) * w.
at::Tensor rms_norm(const at::Tensor& x_TD, const at::Tensor& weight_D);
at::Tensor silu(const at::Tensor& x);
at::Tensor swiglu(const at::Tensor& up_gate_T2F);

// What a sequence-wise operation gives: a row per token, and the state after each sequence's last
// token (no gradient; undefined where no state was given).
struct Result {
    at::Tensor rows, state;
};
Result causal_conv1d(const at::Tensor& x_TF, const at::Tensor& weight_FW, const at::Tensor& bias_F,
                     const Lengths& lengths, const at::Tensor& tail_NWF);
Result ssd_scan(const at::Tensor& xbc_TF, const at::Tensor& dt_TH, const at::Tensor& A_H,
                const at::Tensor& D_H, std::int64_t d_state, const Lengths& lengths,
                const at::Tensor& state_NHPS);

// Rotates the pairs (i, i + R/2) of each head by position * 10000^(-2i/R).
at::Tensor rotary(const at::Tensor& x_THd, const Lengths& lengths, const Lengths& first_positions,
                  std::int64_t rotary_dim);

// One softmax per query over the keys it may see. past_keys, past_values: one (L_i, H, d) per
// sequence, or empty.
at::Tensor attention(const at::Tensor& q_THd, const at::Tensor& k_THd, const at::Tensor& v_THd,
                     std::int64_t window, const Lengths& lengths,
                     const std::vector<at::Tensor>& past_keys = {},
                     const std::vector<at::Tensor>& past_values = {});

at::Tensor boundary_probability(const at::Tensor& q_TD, const at::Tensor& k_TD,
                                const Lengths& lengths, const at::Tensor& previous_q_ND,
                                const std::vector<bool>& seen);

// zbar_j = P_j z_j + (1 - P_j) zbar_{j-1}, P = clamp(p, 1e-4, 1 - 1e-4).
Result smooth_chunks(const at::Tensor& z_MD, const at::Tensor& prob_M, const Lengths& lengths,
                     const at::Tensor& last_ND);
// Row of the latest boundary at or before each token; `last` (or zeros) before the first one.
at::Tensor upsample_chunks(const at::Tensor& smoothed_MD, const at::Tensor& last_ND,
                           const std::vector<bool>& mask, const Lengths& lengths);

at::Tensor token_nats(const at::Tensor& logits_TV, const at::Tensor& target_T);
at::Tensor ratio_loss(const at::Tensor& prob_T, const std::vector<bool>& mask, double target_ratio);

}  // namespace dna_hnet::plain
