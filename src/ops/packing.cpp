#include "ops/packing.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <numeric>

namespace dna_hnet::ops {
namespace {

constexpr auto kLong = at::kLong;

std::shared_ptr<const ScanGrid> make_grid(const std::vector<std::int64_t>& cu, at::Device device) {
    const auto sequences = static_cast<std::int64_t>(cu.size()) - 1;
    auto grid = std::make_shared<ScanGrid>();
    std::vector<std::int64_t> chunks(sequences);
    for (std::int64_t i = 0; i < sequences; ++i) {
        chunks[i] = (cu[i + 1] - cu[i] + kScanChunk - 1) / kScanChunk;
        grid->chunks += chunks[i];
    }
    grid->order.resize(sequences);
    std::iota(grid->order.begin(), grid->order.end(), 0);
    std::stable_sort(grid->order.begin(), grid->order.end(),
                     [&](std::int64_t a, std::int64_t b) { return chunks[a] > chunks[b]; });

    auto gather = at::empty({grid->chunks * kScanChunk}, kLong);
    auto valid = at::zeros({grid->chunks, kScanChunk}, at::kFloat);
    auto scatter = at::empty({cu.back()}, kLong);
    auto* gather_data = gather.data_ptr<std::int64_t>();
    auto* valid_data = valid.data_ptr<float>();
    auto* scatter_data = scatter.data_ptr<std::int64_t>();
    grid->identity = cu.back() == grid->chunks * kScanChunk;
    std::int64_t slot = 0;
    const std::int64_t most = sequences ? chunks[grid->order[0]] : 0;
    for (std::int64_t k = 0; k < most; ++k) {
        grid->first.push_back(slot / kScanChunk);
        std::int64_t active = 0;
        for (; active < sequences && chunks[grid->order[active]] > k; ++active) {
            const std::int64_t begin = cu[grid->order[active]], end = cu[grid->order[active] + 1];
            for (std::int64_t q = 0; q < kScanChunk; ++q, ++slot) {
                const std::int64_t token = begin + k * kScanChunk + q;
                gather_data[slot] = token < end ? token : begin;
                if (token >= end) continue;
                valid_data[slot] = 1;
                scatter_data[token] = slot;
                grid->identity = grid->identity && token == slot;
            }
        }
        grid->active.push_back(active);
    }
    grid->order_N = index_tensor(grid->order, device);
    grid->gather_CQ = gather.to(device);
    grid->valid_CQ = valid.to(device);
    grid->scatter_T = scatter.to(device);
    return grid;
}

}  // namespace

at::Tensor index_tensor(const std::vector<std::int64_t>& values, at::Device device) {
    auto tensor = at::empty({static_cast<std::int64_t>(values.size())}, kLong);
    std::copy(values.begin(), values.end(), tensor.data_ptr<std::int64_t>());
    return tensor.to(device);
}

Packing make_packing(const std::vector<std::int64_t>& lengths, at::Device device) {
    Packing packing;
    packing.cu.reserve(lengths.size() + 1);
    packing.cu.push_back(0);
    for (const std::int64_t length : lengths) {
        TORCH_CHECK(length >= 0, "packing: negative length ", length);
        packing.cu.push_back(packing.cu.back() + length);
        packing.longest = std::max(packing.longest, length);
    }
    packing.cu_device = index_tensor(packing.cu, at::kCPU).to(device, at::kInt);
    packing.grid = make_grid(packing.cu, device);
    return packing;
}

at::Tensor to_chunks(const at::Tensor& rows_TF, const ScanGrid& grid) {
    const auto chunked =
        grid.identity ? rows_TF.contiguous() : rows_TF.index_select(0, grid.gather_CQ);
    return chunked.view({grid.chunks, kScanChunk, rows_TF.size(1)});
}

at::Tensor from_chunks(const at::Tensor& chunks_CQF, const ScanGrid& grid) {
    const auto rows = chunks_CQF.reshape({grid.chunks * kScanChunk, chunks_CQF.size(2)});
    return grid.identity ? rows : rows.index_select(0, grid.scatter_T);
}

}  // namespace dna_hnet::ops
