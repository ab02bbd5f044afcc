#include "ops/token_loss.hpp"

#include <ATen/ATen.h>

#include "ops/accumulate.hpp"

namespace dna_hnet::ops {

at::Tensor token_nats(const at::Tensor& logits_TV, const at::Tensor& target_T) {
    // The target's logit as a masked sum: gather's backward scatters, this one multiplies.
    const auto logits = to_accumulate(logits_TV);
    const auto columns = at::arange(logits.size(1), target_T.options());
    const auto hit = target_T.unsqueeze(1) == columns;
    return at::logsumexp(logits, {1}) - (logits * hit).sum(1);
}

at::Tensor token_loss(const at::Tensor& logits_TV, const at::Tensor& target_T,
                      const at::Tensor& weight_T, double total_weight) {
    return (token_nats(logits_TV, target_T) * weight_T).sum() / total_weight;
}

at::Tensor ratio_loss(const at::Tensor& prob_T, const at::Tensor& mask_T, double target_ratio) {
    const auto F = mask_T.to(accumulate_type(prob_T.scalar_type())).mean();
    const auto G = prob_T.mean();
    return ((1 - F) * (1 - G) + (target_ratio - 1) * F * G) * (target_ratio / (target_ratio - 1));
}

}  // namespace dna_hnet::ops
