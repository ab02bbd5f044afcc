#include "ops/chunking.hpp"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

#include "ops/accumulate.hpp"
#include "ops/elementwise.hpp"
#include "ops/ssd_scan.hpp"

namespace dna_hnet::ops {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

constexpr double kProbFloor = 1e-4;

// index_select of distinct rows. Its own backward would add into rows with atomics or in an order
// that varies; this one copies.
class TakeRows : public torch::autograd::Function<TakeRows> {
  public:
    static at::Tensor forward(AutogradContext* context, const at::Tensor& rows,
                              const at::Tensor& index) {
        context->save_for_backward({index});
        context->saved_data["rows"] = rows.size(0);
        return rows.index_select(0, index);
    }
    static variable_list backward(AutogradContext* context, variable_list grads) {
        const auto index = context->get_saved_variables()[0];
        auto shape = grads[0].sizes().vec();
        shape[0] = context->saved_data["rows"].toInt();
        return {at::zeros(shape, grads[0].options()).index_copy_(0, index, grads[0]), at::Tensor()};
    }
};

// Token t copies row chunk[t] of the table; neighbours that copy one row stand together, so the
// gradient is a sum over runs.
class CopyRuns : public torch::autograd::Function<CopyRuns> {
  public:
    static at::Tensor forward(AutogradContext* context, const at::Tensor& table,
                              const ChunkMap* map, std::int64_t chunks) {
        context->save_for_backward({map->selected_M, map->counts_M});
        context->saved_data["chunks"] = chunks;
        context->saved_data["carried"] = table.size(0) - chunks;
        context->saved_data["tokens"] = map->chunk_T.size(0);
        return table.index_select(0, map->chunk_T);
    }
    static variable_list backward(AutogradContext* context, variable_list grads) {
        const auto saved = context->get_saved_variables();
        const std::int64_t chunks = context->saved_data["chunks"].toInt(),
                           carried = context->saved_data["carried"].toInt();
        const auto grad = grads[0].contiguous();
        auto result = at::zeros({chunks + carried, grad.size(1)}, grad.options());
        // Runs in token order are the chunks in order; what lies before a sequence's first chunk
        // belongs to a carried value, which takes no gradient. The sums are over [start, start +
        // count) of each chunk.
        auto sums = result.narrow(0, 0, chunks);
        if (grad.is_cpu()) {
            AT_DISPATCH_FLOATING_TYPES(grad.scalar_type(), "upsample_chunks",
                                       [&] { sum_runs<scalar_t>(grad, saved[0], saved[1], sums); });
        } else {
            const auto row = at::repeat_interleave(at::arange(chunks, saved[0].options()),
                                                   saved[1].narrow(0, 0, chunks));
            const auto within = at::arange(row.size(0), row.options());
            const auto begin =
                saved[1].narrow(0, 0, chunks).cumsum(0) - saved[1].narrow(0, 0, chunks);
            const auto token = saved[0].index_select(0, row) + within - begin.index_select(0, row);
            sums.copy_(at::segment_reduce(grad.index_select(0, token), "sum",
                                          saved[1].narrow(0, 0, chunks)));
        }
        return {result, at::Tensor(), at::Tensor()};
    }

  private:
    template <class Number>
    static void sum_runs(const at::Tensor& grad, const at::Tensor& starts, const at::Tensor& counts,
                         at::Tensor& sums) {
        const std::int64_t width = grad.size(1);
        const auto* begin = starts.const_data_ptr<std::int64_t>();
        const auto* count = counts.const_data_ptr<std::int64_t>();
        const auto* from = grad.const_data_ptr<Number>();
        auto* to = sums.data_ptr<Number>();
        for (std::int64_t j = 0; j < starts.size(0); ++j) {
            for (std::int64_t t = begin[j]; t < begin[j] + count[j]; ++t) {
                for (std::int64_t d = 0; d < width; ++d) to[j * width + d] += from[t * width + d];
            }
        }
    }
};

}  // namespace

ChunkMap make_chunk_map(const at::Tensor& mask_T, const Packing& packing) {
    const auto host = mask_T.to(at::kCPU).contiguous();
    const auto* mask = host.const_data_ptr<bool>();
    std::vector<std::int64_t> lengths, selected, chunk(packing.total());
    for (std::int64_t i = 0; i < packing.sequences(); ++i) {
        const auto before = static_cast<std::int64_t>(selected.size());
        for (std::int64_t t = packing.cu[i]; t < packing.cu[i + 1]; ++t) {
            if (mask[t]) selected.push_back(t);
            const auto now = static_cast<std::int64_t>(selected.size());
            chunk[t] =
                now > before ? now - 1 : -1 - i;  // a carried value; its row is known when M is
        }
        lengths.push_back(static_cast<std::int64_t>(selected.size()) - before);
    }
    const auto chunks = static_cast<std::int64_t>(selected.size());
    std::vector<std::int64_t> counts(chunks + packing.sequences(), 0);
    for (auto& row : chunk) {
        if (row < 0) row = chunks - 1 - row;
        ++counts[row];
    }
    ChunkMap map;
    map.inner = make_packing(lengths, packing.device());
    map.selected_M = index_tensor(selected, packing.device());
    map.chunk_T = index_tensor(chunk, packing.device());
    map.counts_M = index_tensor(counts, packing.device());
    return map;
}

at::Tensor select_chunks(const at::Tensor& hidden_TD, const ChunkMap& map) {
    return TakeRows::apply(hidden_TD, map.selected_M);
}

SmoothResult smooth_chunks(const at::Tensor& z_MD, const at::Tensor& prob_M, const Packing& inner,
                           const at::Tensor& last_ND) {
    // The recurrence is a state-space scan with one head of width D and one state: decay 1 - P,
    // input P z, B = C = 1.
    const auto z = to_accumulate(z_MD);
    const auto P = to_accumulate(prob_M).clamp(kProbFloor, 1 - kProbFloor);
    const auto rate = -ops::log1p(-P);  // decay = exp(-rate)
    const auto ones = at::ones({z.size(0), 2}, z.options());
    // The scan multiplies its input by its step size; dividing here leaves P z.
    const auto input = at::cat({z * (P / rate).unsqueeze(1), ones}, 1);
    const auto A = -at::ones({1}, z.options());
    const auto state = last_ND.defined() ? last_ND.unsqueeze(1).unsqueeze(3) : at::Tensor();
    const auto scan = ssd_scan(input, rate.unsqueeze(1), A, {}, 1, inner, state);
    SmoothResult result;
    result.smoothed_MD = scan.y_TF;
    if (last_ND.defined()) result.last_ND = scan.state_NHPS.squeeze(3).squeeze(1);
    return result;
}

at::Tensor upsample_chunks(const at::Tensor& smoothed_MD, const at::Tensor& last_ND,
                           const ChunkMap& map) {
    const auto carried = last_ND.defined() ? last_ND.to(smoothed_MD.scalar_type())
                                           : at::zeros({map.inner.sequences(), smoothed_MD.size(1)},
                                                       smoothed_MD.options());
    return CopyRuns::apply(at::cat({smoothed_MD, carried}), &map, smoothed_MD.size(0));
}

at::Tensor straight_through(const at::Tensor& dechunked_TD, const at::Tensor& prob_T,
                            const at::Tensor& mask_T, const at::Tensor& residual_TD) {
    // c lies in [0.5, 1], so c + (1 - c) is exactly 1 in float32.
    const auto c = at::where(mask_T, prob_T, 1 - prob_T);
    const auto one = c + (1 - c).detach();
    return to_accumulate(dechunked_TD) * one.unsqueeze(1) + residual_TD;
}

}  // namespace dna_hnet::ops
