#include "ops/attention.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "ops/accumulate.hpp"

namespace dna_hnet::ops {
namespace {

constexpr std::int64_t kQueryBlock = 256;

// One block of queries (H, n, d) against the keys they may see (H, m, d). `offset`: key 0 lies that
// many positions before query 0.
at::Tensor attend_block(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                        std::int64_t offset, std::int64_t window) {
    const std::int64_t queries = q.size(1), keys = k.size(1);
    auto scores = to_accumulate(at::bmm(q, k.transpose(1, 2))) *
                  (1.0 / std::sqrt(static_cast<double>(q.size(2))));
    const auto row = at::arange(queries, q.options().dtype(at::kLong)).unsqueeze(1) + offset;
    const auto column = at::arange(keys, q.options().dtype(at::kLong)).unsqueeze(0);
    auto hidden = column > row;
    if (window >= 0) hidden = hidden.logical_or(column < row - window);
    scores = scores.masked_fill(hidden, -std::numeric_limits<float>::infinity());
    return at::bmm(at::softmax(scores, -1).to(v.scalar_type()), v);
}

// q (H, n, d) of one segment; keys and values (H, before + n, d).
at::Tensor attend_sequence(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                           std::int64_t window) {
    const std::int64_t length = q.size(1), before = k.size(1) - length;
    std::vector<at::Tensor> blocks;
    for (std::int64_t begin = 0; begin < length; begin += kQueryBlock) {
        const std::int64_t count = std::min(kQueryBlock, length - begin);
        const std::int64_t first =
            window < 0 ? 0 : std::max<std::int64_t>(0, before + begin - window);
        const std::int64_t keys = before + begin + count - first;
        blocks.push_back(attend_block(q.narrow(1, begin, count), k.narrow(1, first, keys),
                                      v.narrow(1, first, keys), before + begin - first, window));
    }
    return at::cat(blocks, 1);
}

at::Tensor trimmed(const at::Tensor& rows_LHd, std::int64_t window) {
    const std::int64_t length = rows_LHd.size(0);
    if (window < 0 || length <= window) return rows_LHd;
    return rows_LHd.narrow(0, length - window, window).clone();
}

}  // namespace

at::Tensor attention(const at::Tensor& q_THd, const at::Tensor& k_THd, const at::Tensor& v_THd,
                     std::int64_t window, const Packing& packing, KeyValueCache* cache) {
    TORCH_CHECK(q_THd.size(0) == packing.total(), "attention: ", q_THd.size(0),
                " rows, packing has ", packing.total());
    std::vector<at::Tensor> outputs;
    for (std::int64_t i = 0; i < packing.sequences(); ++i) {
        const std::int64_t length = packing.length(i);
        if (length == 0) continue;
        auto k = k_THd.narrow(0, packing.cu[i], length), v = v_THd.narrow(0, packing.cu[i], length);
        if (cache) {
            if (cache->keys[i].defined()) {
                k = at::cat({cache->keys[i], k});
                v = at::cat({cache->values[i], v});
            }
            cache->keys[i] = trimmed(k.detach(), window);
            cache->values[i] = trimmed(v.detach(), window);
        }
        const auto q = q_THd.narrow(0, packing.cu[i], length);
        outputs.push_back(
            attend_sequence(q.transpose(0, 1), k.transpose(0, 1), v.transpose(0, 1), window)
                .transpose(0, 1));
    }
    return outputs.empty() ? q_THd : at::cat(outputs, 0);
}

}  // namespace dna_hnet::ops
