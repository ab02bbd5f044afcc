#include "ops/linear.hpp"

#include <ATen/ATen.h>

#include <algorithm>

namespace dna_hnet::ops {

at::Tensor linear(const at::Tensor& x_TI, const at::Tensor& weight_OI, const at::Tensor& bias_O) {
    constexpr std::int64_t kBlock = 4, kLeast = 16, kSharedInBlocks = 512;
    const std::int64_t rows = x_TI.size(0);
    const auto bias = bias_O.defined() ? std::optional<at::Tensor>(bias_O) : std::nullopt;
    if (rows == 0) return at::zeros({0, weight_OI.size(0)}, x_TI.options());
    std::int64_t padded = rows;
    if (rows < kSharedInBlocks) padded = std::max(kLeast, (rows + kBlock - 1) / kBlock * kBlock);
    if (padded == rows) return at::linear(x_TI, weight_OI, bias);
    const auto padding = at::zeros({padded - rows, x_TI.size(1)}, x_TI.options());
    return at::linear(at::cat({x_TI, padding}), weight_OI, bias).narrow(0, 0, rows);
}

}  // namespace dna_hnet::ops
