#include "ops/rms_norm.hpp"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

#include "ops/accumulate.hpp"

namespace dna_hnet::ops {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

at::Tensor reciprocal_rms(const at::Tensor& x_TD) {
    return at::linalg_vector_norm(x_TD, 2, {-1}, /*keepdim=*/true)
        .square_()
        .div_(static_cast<double>(x_TD.size(-1)))
        .add_(kNormEpsilon)
        .rsqrt_();
}

// Gradient with respect to the normalised row x, given the gradient of y = x * r * w.
at::Tensor norm_backward(const at::Tensor& grad_y, const at::Tensor& x, const at::Tensor& r,
                         const at::Tensor& w) {
    auto grad = grad_y * w;
    const auto projection =
        (grad * x).sum(-1, true).mul_(r.pow(3)).div_(static_cast<double>(x.size(-1)));
    return grad.mul_(r).sub_(x * projection);
}

class AddRmsNorm : public torch::autograd::Function<AddRmsNorm> {
  public:
    static variable_list forward(AutogradContext* context, const at::Tensor& x,
                                 const std::optional<at::Tensor>& residual,
                                 const at::Tensor& weight) {
        const auto x32 = to_accumulate(x);
        auto sum = residual ? *residual + x32 : x32.clone();
        const auto r = reciprocal_rms(sum);
        auto y = (sum * r).mul_(weight).to(x.scalar_type());
        context->save_for_backward({sum, r, weight});
        context->saved_data["dtype"] = x.scalar_type();
        context->saved_data["residual"] = residual.has_value();
        return {y, sum};
    }
    static variable_list backward(AutogradContext* context, variable_list grads) {
        const auto saved = context->get_saved_variables();
        const auto& sum = saved[0];
        const auto grad_y = to_accumulate(grads[0]);
        auto grad = norm_backward(grad_y, sum, saved[1], saved[2]);
        if (grads[1].defined()) grad.add_(grads[1]);
        const auto grad_weight = (grad_y * sum).mul_(saved[1]).sum(0);
        const bool has_residual = context->saved_data["residual"].toBool();
        const auto dtype = context->saved_data["dtype"].toScalarType();
        return {grad.to(dtype), has_residual ? grad : at::Tensor(), grad_weight};
    }
};

class GatedRmsNorm : public torch::autograd::Function<GatedRmsNorm> {
  public:
    static at::Tensor forward(AutogradContext* context, const at::Tensor& x, const at::Tensor& z,
                              const at::Tensor& weight) {
        const auto gated = at::silu(to_accumulate(z)).mul_(x);
        const auto r = reciprocal_rms(gated);
        context->save_for_backward({x, z, gated, r, weight});
        return (gated * r).mul_(weight).to(x.scalar_type());
    }
    static variable_list backward(AutogradContext* context, variable_list grads) {
        const auto saved = context->get_saved_variables();
        const auto &x = saved[0], &z = saved[1], &gated = saved[2], &r = saved[3],
                   &weight = saved[4];
        const auto grad_y = to_accumulate(grads[0]);
        const auto grad_gated = norm_backward(grad_y, gated, r, weight);
        const auto grad_weight = (grad_y * gated).mul_(r).sum(0);
        const auto z32 = to_accumulate(z);
        const auto grad_x = at::silu(z32).mul_(grad_gated);
        const auto grad_z = at::silu_backward(grad_gated * x, z32);
        return {grad_x.to(x.scalar_type()), grad_z.to(z.scalar_type()), grad_weight};
    }
};

}  // namespace

NormResult add_rms_norm(const at::Tensor& x_TD, const at::Tensor& residual_TD,
                        const at::Tensor& weight_D) {
    const auto residual =
        residual_TD.defined() ? std::optional<at::Tensor>(residual_TD) : std::nullopt;
    const auto result = AddRmsNorm::apply(x_TD, residual, weight_D);
    return {result[0], result[1]};
}

at::Tensor gated_rms_norm(const at::Tensor& x_TD, const at::Tensor& z_TD,
                          const at::Tensor& weight_D) {
    return GatedRmsNorm::apply(x_TD, z_TD, weight_D);
}

}  // namespace dna_hnet::ops
