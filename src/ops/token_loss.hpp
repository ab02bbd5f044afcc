#pragma once
// The head and what is read from it.
#include <ATen/core/Tensor.h>

#include <cstdint>

namespace dna_hnet::ops {

// -ln softmax(logits)[target] per row, in float32. logits (T, V), target (T) int64 -> (T).
at::Tensor token_nats(const at::Tensor& logits_TV, const at::Tensor& target_T);

// sum_t weight_t * nats_t / total_weight: a scalar whose gradients add up over micro-batches of one
// step.
at::Tensor token_loss(const at::Tensor& logits_TV, const at::Tensor& target_T,
                      const at::Tensor& weight_T, double total_weight);

// H-Net's ratio loss (eq. 10): N/(N-1) * ((1-F)(1-G) + (N-1) F G), F = mean(mask), G = mean(p) over
// all tokens of the micro-batch.
at::Tensor ratio_loss(const at::Tensor& prob_T, const at::Tensor& mask_T, double target_ratio);

}  // namespace dna_hnet::ops
