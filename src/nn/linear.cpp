#include "nn/linear.hpp"

#include <ATen/ATen.h>

#include "ops/linear.hpp"

namespace dna_hnet::nn {

LinearImpl::LinearImpl(std::int64_t in, std::int64_t out, bool with_bias) {
    weight = register_parameter("weight", at::zeros({out, in}));
    if (with_bias) bias = register_parameter("bias", at::zeros({out}));
}

at::Tensor LinearImpl::forward(const at::Tensor& x_TI) const {
    return ops::linear(x_TI, weight, bias);
}

RmsNormImpl::RmsNormImpl(std::int64_t width) {
    weight = register_parameter("weight", at::ones({width}));
}

}  // namespace dna_hnet::nn
