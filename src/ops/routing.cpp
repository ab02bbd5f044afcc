#include "ops/routing.hpp"

#include <ATen/ATen.h>

#include "ops/accumulate.hpp"

namespace dna_hnet::ops {
namespace {

constexpr double kNormFloor = 1e-12;

at::Tensor normalized(const at::Tensor& x_TD) {
    const auto x = to_accumulate(x_TD);
    return x / at::linalg_vector_norm(x, 2, {-1}, true).clamp_min(kNormFloor);
}

}  // namespace

at::Tensor boundary_probability(const at::Tensor& q_TD, const at::Tensor& k_TD,
                                const Packing& packing, const at::Tensor& previous_q_ND,
                                const std::vector<bool>& seen) {
    const std::int64_t total = packing.total();
    if (total == 0)
        return at::zeros({0}, q_TD.options().dtype(accumulate_type(q_TD.scalar_type())));
    const auto q = normalized(q_TD), k = normalized(k_TD);
    // The cosine of a token with the one before it in the packed axis; at a sequence's start that
    // pair means nothing and is replaced.
    auto cosine = (q.narrow(0, 0, total - 1) * k.narrow(0, 1, total - 1)).sum(-1);
    cosine = at::cat({at::zeros({1}, cosine.options()), cosine});
    std::vector<std::int64_t> continued_rows, continued, forced;
    for (std::int64_t i = 0; i < packing.sequences(); ++i) {
        if (packing.length(i) == 0) continue;
        if (!seen.empty() && seen[i]) {
            continued_rows.push_back(packing.cu[i]);
            continued.push_back(i);
        } else {
            forced.push_back(packing.cu[i]);
        }
    }
    if (!continued.empty()) {
        const auto rows = index_tensor(continued_rows, q.device());
        const auto before =
            normalized(previous_q_ND.index_select(0, index_tensor(continued, q.device())));
        cosine = cosine.index_copy(0, rows, (before * k.index_select(0, rows)).sum(-1));
    }
    auto prob = ((1 - cosine) * 0.5).clamp(0, 1);
    if (!forced.empty()) prob = prob.index_fill(0, index_tensor(forced, q.device()), 1.0);
    return prob;
}

at::Tensor boundary_decision(const at::Tensor& prob_T) {
    return prob_T > 0.5;
}

}  // namespace dna_hnet::ops
