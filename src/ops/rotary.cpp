#include "ops/rotary.hpp"

#include <ATen/ATen.h>

namespace dna_hnet::ops {

RotaryTable rotary_table(const Packing& packing, const std::vector<std::int64_t>& first_positions,
                         std::int64_t rotary_dim) {
    constexpr double kBase = 10000;
    auto positions = at::empty({packing.total()}, at::kDouble);
    auto* data = positions.data_ptr<double>();
    for (std::int64_t i = 0; i < packing.sequences(); ++i) {
        const std::int64_t first = first_positions.empty() ? 0 : first_positions[i];
        for (std::int64_t j = 0; j < packing.length(i); ++j)
            data[packing.cu[i] + j] = static_cast<double>(first + j);
    }
    const auto pair = at::arange(rotary_dim / 2, at::kDouble);
    const auto frequency = at::pow(kBase, pair * (-2.0 / static_cast<double>(rotary_dim)));
    const auto angle = positions.unsqueeze(1) * frequency;
    return {angle.cos().to(packing.device(), at::kFloat),
            angle.sin().to(packing.device(), at::kFloat)};
}

at::Tensor apply_rotary(const at::Tensor& x_THd, const RotaryTable& table) {
    const std::int64_t half = table.cos_TR.size(1), dim = x_THd.size(2);
    const auto cos = table.cos_TR.unsqueeze(1), sin = table.sin_TR.unsqueeze(1);
    const auto first = x_THd.narrow(2, 0, half), second = x_THd.narrow(2, half, half);
    std::vector<at::Tensor> parts = {(first * cos - second * sin).to(x_THd.scalar_type()),
                                     (first * sin + second * cos).to(x_THd.scalar_type())};
    if (dim > 2 * half) parts.push_back(x_THd.narrow(2, 2 * half, dim - 2 * half));
    return at::cat(parts, 2);
}

}  // namespace dna_hnet::ops
