#include "ops/causal_conv1d.hpp"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>

#include "ops/elementwise.hpp"

namespace dna_hnet::ops {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// The tokens that stand within W-1 of their sequence's start: there a plain shift of the packed
// axis would mix sequences, so their values are computed from `tail` and the sequence's own first
// tokens.
struct EdgeRows {
    std::vector<std::int64_t> rows;  // tokens
    std::vector<std::vector<std::int64_t>>
        taps;  // taps[k][i]: row of [x; tails; zero] that lies k tokens before rows[i]
};

EdgeRows first_rows(const Packing& packing, std::int64_t width, bool has_tail) {
    EdgeRows edge;
    edge.taps.resize(width);
    const std::int64_t total = packing.total(), tail = width - 1;
    const std::int64_t zero = total + (has_tail ? packing.sequences() * tail : 0);
    for (std::int64_t i = 0; i < packing.sequences(); ++i) {
        for (std::int64_t j = 0; j < std::min(tail, packing.length(i)); ++j) {
            edge.rows.push_back(packing.cu[i] + j);
            for (std::int64_t k = 0; k < width; ++k) {
                const std::int64_t in_tail = has_tail ? total + i * tail + tail + j - k : zero;
                edge.taps[k].push_back(j >= k ? packing.cu[i] + j - k : in_tail);
            }
        }
    }
    return edge;
}

at::Tensor with_tails(const at::Tensor& x, const at::Tensor& tail) {
    std::vector<at::Tensor> parts = {x};
    if (tail.defined()) parts.push_back(tail.reshape({-1, x.size(1)}));
    parts.push_back(at::zeros({1, x.size(1)}, x.options()));
    return at::cat(parts);
}

at::Tensor convolve(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias,
                    const Packing& packing, const at::Tensor& tail) {
    const std::int64_t width = weight.size(1), total = x.size(0);
    const auto taps = weight.t().contiguous();  // taps[width - 1 - k] meets the input k tokens back
    auto y = at::addcmul(bias, x, taps[width - 1]);
    for (std::int64_t k = 1; k < std::min(width, total); ++k) {
        y.narrow(0, k, total - k).addcmul_(x.narrow(0, 0, total - k), taps[width - 1 - k]);
    }
    const EdgeRows edge = first_rows(packing, width, tail.defined());
    const auto source =
        packing.sequences() == 1 && !tail.defined() ? at::Tensor() : with_tails(x, tail);
    if (source.defined() && !edge.rows.empty()) {
        const auto taken = [&](std::int64_t k) {
            return source.index_select(0, index_tensor(edge.taps[k], x.device()));
        };
        auto rows = at::addcmul(bias, taken(0), taps[width - 1]);
        for (std::int64_t k = 1; k < width; ++k) rows.addcmul_(taken(k), taps[width - 1 - k]);
        y.index_copy_(0, index_tensor(edge.rows, x.device()), rows);
    }
    return y;
}

at::Tensor next_tail(const at::Tensor& x, const at::Tensor& tail, const Packing& packing) {
    const std::int64_t kept = tail.size(1);
    std::vector<std::int64_t> rows;
    for (std::int64_t i = 0; i < packing.sequences(); ++i) {
        for (std::int64_t j = 0; j < kept; ++j) {
            const std::int64_t place =
                packing.length(i) - kept + j;  // in the sequence; negative: in the old tail
            rows.push_back(place >= 0 ? packing.cu[i] + place
                                      : packing.total() + i * kept + kept + place);
        }
    }
    return with_tails(x, tail).index_select(0, index_tensor(rows, x.device())).view_as(tail);
}

// 1 where a token has at least k tokens of its own sequence before it.
at::Tensor has_before(const Packing& packing, std::int64_t k, at::TensorOptions options) {
    auto mask = at::ones({packing.total()}, at::kFloat);
    auto* data = mask.data_ptr<float>();
    for (std::int64_t i = 0; i < packing.sequences(); ++i) {
        std::fill_n(data + packing.cu[i], std::min(k, packing.length(i)), 0.0F);
    }
    return mask.to(options);
}

class CausalConv1d : public torch::autograd::Function<CausalConv1d> {
  public:
    static at::Tensor forward(AutogradContext* context, const at::Tensor& x,
                              const at::Tensor& weight, const at::Tensor& bias,
                              const Packing* packing, const at::Tensor* given_tail) {
        const at::Tensor& tail = *given_tail;
        const auto before = convolve(x, weight, bias, *packing, tail);
        context->save_for_backward({x, weight, before, tail});
        context->saved_data["cu"] = packing->cu;
        return ops::silu(before);
    }
    static variable_list backward(AutogradContext* context, variable_list grads) {
        const auto saved = context->get_saved_variables();
        const auto &x = saved[0], &weight = saved[1], &tail = saved[3];
        const auto grad = at::silu_backward(grads[0].contiguous(), saved[2]);
        Packing packing;
        packing.cu = context->saved_data["cu"].toIntVector();
        const std::int64_t width = weight.size(1), total = x.size(0);
        const auto taps = weight.t().contiguous();
        auto grad_x = grad * taps[width - 1];
        auto grad_weight = at::empty_like(weight);
        grad_weight.select(1, width - 1).copy_((grad * x).sum(0));
        for (std::int64_t k = 1; k < width; ++k) {
            if (k >= total) {
                grad_weight.select(1, width - 1 - k).zero_();
                continue;
            }
            auto later = grad.narrow(0, k, total - k);
            if (packing.sequences() > 1) {
                later = later *
                        has_before(packing, k, x.options()).narrow(0, k, total - k).unsqueeze(1);
            }
            grad_x.narrow(0, 0, total - k).addcmul_(later, taps[width - 1 - k]);
            grad_weight.select(1, width - 1 - k).copy_((later * x.narrow(0, 0, total - k)).sum(0));
        }
        if (tail.defined()) add_tail_gradient(grad_weight, grad, tail, packing);
        return {grad_x, grad_weight, grad.sum(0), at::Tensor(), at::Tensor()};
    }

  private:
    static void add_tail_gradient(at::Tensor& grad_weight, const at::Tensor& grad,
                                  const at::Tensor& tail, const Packing& packing) {
        const std::int64_t width = grad_weight.size(1);
        for (std::int64_t i = 0; i < packing.sequences(); ++i) {
            for (std::int64_t j = 0; j < std::min(width - 1, packing.length(i)); ++j) {
                for (std::int64_t k = j + 1; k < width; ++k) {
                    grad_weight.select(1, width - 1 - k)
                        .addcmul_(grad.select(0, packing.cu[i] + j),
                                  tail.select(0, i).select(0, width - 1 + j - k));
                }
            }
        }
    }
};

}  // namespace

ConvResult causal_conv1d(const at::Tensor& x_TF, const at::Tensor& weight_FW,
                         const at::Tensor& bias_F, const Packing& packing,
                         const at::Tensor& tail_NWF) {
    TORCH_CHECK(x_TF.size(0) == packing.total(), "causal_conv1d: ", x_TF.size(0),
                " rows, packing has ", packing.total());
    ConvResult result;
    if (packing.total() == 0) return {x_TF, tail_NWF.defined() ? tail_NWF.detach() : tail_NWF};
    result.y_TF = CausalConv1d::apply(x_TF, weight_FW, bias_F, &packing, &tail_NWF);
    if (tail_NWF.defined()) result.tail_NWF = next_tail(x_TF.detach(), tail_NWF.detach(), packing);
    return result;
}

}  // namespace dna_hnet::ops
