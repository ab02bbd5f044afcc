#include "ops/swiglu.hpp"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

#include "ops/accumulate.hpp"

namespace dna_hnet::ops {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// Saves its input alone; the activation is computed again in backward.
class SwiGlu : public torch::autograd::Function<SwiGlu> {
  public:
    static at::Tensor forward(AutogradContext* context, const at::Tensor& up_gate) {
        context->save_for_backward({up_gate});
        const std::int64_t width = up_gate.size(1) / 2;
        const auto gate = to_accumulate(up_gate.narrow(1, width, width));
        return at::silu(gate).mul_(up_gate.narrow(1, 0, width)).to(up_gate.scalar_type());
    }
    static variable_list backward(AutogradContext* context, variable_list grads) {
        const auto up_gate = context->get_saved_variables()[0];
        const std::int64_t width = up_gate.size(1) / 2;
        const auto up = up_gate.narrow(1, 0, width);
        const auto gate = to_accumulate(up_gate.narrow(1, width, width));
        auto result = at::empty_like(up_gate);
        result.narrow(1, 0, width).copy_(at::silu(gate).mul_(grads[0]));
        result.narrow(1, width, width).copy_(at::silu_backward(to_accumulate(grads[0] * up), gate));
        return {result};
    }
};

}  // namespace

at::Tensor swiglu(const at::Tensor& up_gate_T2F) {
    return SwiGlu::apply(up_gate_T2F);
}

}  // namespace dna_hnet::ops
