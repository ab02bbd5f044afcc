#include "ops/elementwise.hpp"

#include <ATen/ATen.h>

namespace dna_hnet::ops {
namespace {

// A multiple of two vectors of every SIMD level: what one turn of LibTorch's loop takes.
constexpr std::int64_t kWhole = 64;

template <class Function>
at::Tensor in_whole_vectors(const at::Tensor& x, Function function) {
    const std::int64_t count = x.numel(), missing = (kWhole - count % kWhole) % kWhole;
    if (missing == 0 || !x.is_cpu()) return function(x);
    const auto padded = at::constant_pad_nd(x.reshape({-1}), {0, missing});
    return function(padded).narrow(0, 0, count).view(x.sizes());
}

}  // namespace

at::Tensor softplus(const at::Tensor& x) {
    return in_whole_vectors(x, [](const at::Tensor& values) { return at::softplus(values); });
}

at::Tensor silu(const at::Tensor& x) {
    return in_whole_vectors(x, [](const at::Tensor& values) { return at::silu(values); });
}

at::Tensor log1p(const at::Tensor& x) {
    return in_whole_vectors(x, [](const at::Tensor& values) { return at::log1p(values); });
}

}  // namespace dna_hnet::ops
