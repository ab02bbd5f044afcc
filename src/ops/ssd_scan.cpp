#include "ops/ssd_scan.hpp"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

#include "ops/accumulate.hpp"

namespace dna_hnet::ops {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// Sizes, and the views of one batch in chunks: (C, Q, ...).
struct Chunked {
    std::int64_t heads, head_dim, d_state;
    at::Tensor xbc_CQF, dt_CQH, B_CQN, C_CQN;
    at::Tensor x(std::int64_t head) const { return xbc_CQF.narrow(2, head * head_dim, head_dim); }
};

Chunked to_chunked(const at::Tensor& xbc_TF, const at::Tensor& dt_TH, std::int64_t d_state,
                   const ScanGrid& grid) {
    Chunked c;
    c.heads = dt_TH.size(1);
    c.d_state = d_state;
    c.head_dim = (xbc_TF.size(1) - 2 * d_state) / c.heads;
    c.xbc_CQF = to_chunks(xbc_TF, grid);
    // A slot past the end has dt = 0: it adds nothing and its decay is 1.
    c.dt_CQH = to_chunks(dt_TH, grid) * grid.valid_CQ.unsqueeze(2);
    c.B_CQN = c.xbc_CQF.narrow(2, c.heads * c.head_dim, d_state);
    c.C_CQN = c.xbc_CQF.narrow(2, c.heads * c.head_dim + d_state, d_state);
    return c;
}

// What forward and backward both need of one head.
struct HeadTerms {
    at::Tensor dt_CQ, cumulative_CQ,
        decay_CQQ;         // decay[i][j] = exp(sum_{j < l <= i} dt_l A), 0 for j > i
    at::Tensor last_C;     // decay over the whole chunk
    at::Tensor to_end_CQ;  // decay from after each token to the chunk's end
    at::Tensor xdt_CQP;    // dt x
};

HeadTerms head_terms(const Chunked& c, const at::Tensor& A_H, std::int64_t head) {
    HeadTerms t;
    t.dt_CQ = c.dt_CQH.select(2, head).contiguous();
    t.cumulative_CQ = (t.dt_CQ * A_H[head]).cumsum(1);
    t.decay_CQQ =
        (t.cumulative_CQ.unsqueeze(2) - t.cumulative_CQ.unsqueeze(1)).clamp_max_(0).exp_().tril_();
    const auto last = t.cumulative_CQ.select(1, kScanChunk - 1);
    t.last_C = last.exp();
    t.to_end_CQ = (last.unsqueeze(1) - t.cumulative_CQ).clamp_max_(0).exp_();
    t.xdt_CQP = c.x(head) * t.dt_CQ.unsqueeze(2);
    return t;
}

at::Tensor forward_head(const Chunked& c, const HeadTerms& t, const at::Tensor& scores_CQQ,
                        const ScanGrid& grid, at::Tensor carried_NPS, at::Tensor entering_CPS) {
    const auto added_CPS = at::bmm((t.xdt_CQP * t.to_end_CQ.unsqueeze(2)).transpose(1, 2), c.B_CQN);
    for (std::size_t k = 0; k < grid.active.size(); ++k) {
        auto state = carried_NPS.narrow(0, 0, grid.active[k]);
        entering_CPS.narrow(0, grid.first[k], grid.active[k]).copy_(state);
        state.mul_(t.last_C.narrow(0, grid.first[k], grid.active[k]).view({-1, 1, 1}))
            .add_(added_CPS.narrow(0, grid.first[k], grid.active[k]));
    }
    auto y_CQP = at::bmm(t.decay_CQQ * scores_CQQ, t.xdt_CQP);
    return y_CQP.addcmul_(at::bmm(c.C_CQN, entering_CPS.transpose(1, 2)),
                          t.cumulative_CQ.exp().unsqueeze(2));
}

struct HeadGradients {
    at::Tensor x_CQP, dt_CQ, A, scores_CQQ, B_CQN, C_CQN;
};

HeadGradients backward_head(const Chunked& c, const HeadTerms& t, const at::Tensor& scores_CQQ,
                            const ScanGrid& grid, const at::Tensor& entering_CPS,
                            const at::Tensor& grad_y, const at::Tensor& A, std::int64_t head) {
    HeadGradients g;
    // From the state that enters each chunk.
    const auto from_start = grad_y * t.cumulative_CQ.exp().unsqueeze(2);
    g.C_CQN = at::bmm(from_start, entering_CPS);
    auto grad_cumulative = (g.C_CQN * c.C_CQN).sum(2);
    const auto grad_entering = at::bmm(from_start.transpose(1, 2), c.C_CQN);
    // The sequential part, backwards.
    auto grad_added = at::empty_like(entering_CPS);
    auto grad_last = at::empty_like(t.last_C);
    auto carried = at::zeros({grid.active.empty() ? 0 : grid.active[0], c.head_dim, c.d_state},
                             grad_y.options());
    for (auto k = static_cast<std::int64_t>(grid.active.size()) - 1; k >= 0; --k) {
        const std::int64_t first = grid.first[k], count = grid.active[k];
        auto state = carried.narrow(0, 0, count);
        grad_added.narrow(0, first, count).copy_(state);
        grad_last.narrow(0, first, count)
            .copy_((state * entering_CPS.narrow(0, first, count)).sum({1, 2}));
        state.mul_(t.last_C.narrow(0, first, count).view({-1, 1, 1}))
            .add_(grad_entering.narrow(0, first, count));
    }
    grad_last.mul_(t.last_C);
    // What each token adds to its chunk's state.
    const auto weighted = t.xdt_CQP * t.to_end_CQ.unsqueeze(2);
    g.B_CQN = at::bmm(weighted, grad_added);
    const auto from_state = at::bmm(c.B_CQN, grad_added.transpose(1, 2));
    const auto grad_to_end = (from_state * weighted).sum(2);
    grad_cumulative.sub_(grad_to_end);
    grad_cumulative.select(1, kScanChunk - 1).add_(grad_to_end.sum(1)).add_(grad_last);
    // Within the chunk.
    const auto matrix = t.decay_CQQ * scores_CQQ;
    const auto grad_matrix = at::bmm(grad_y, t.xdt_CQP.transpose(1, 2));
    const auto grad_exponent = grad_matrix * matrix;
    grad_cumulative.add_(grad_exponent.sum(2)).sub_(grad_exponent.sum(1));
    g.scores_CQQ = grad_matrix.mul(t.decay_CQQ);
    const auto grad_xdt =
        at::bmm(matrix.transpose(1, 2), grad_y).addcmul_(from_state, t.to_end_CQ.unsqueeze(2));
    // dt A summed up to each token: its gradient is the sum over the tokens after it.
    const auto grad_exponents = grad_cumulative.flip(1).cumsum(1).flip(1);
    g.A = (grad_exponents * t.dt_CQ).sum();
    g.dt_CQ = (grad_xdt * c.x(head)).sum(2).add_(grad_exponents * A);
    g.x_CQP = grad_xdt * t.dt_CQ.unsqueeze(2);
    return g;
}

class SsdScan : public torch::autograd::Function<SsdScan> {
  public:
    static at::Tensor forward(AutogradContext* context, const at::Tensor& xbc, const at::Tensor& dt,
                              const at::Tensor& A, const std::optional<at::Tensor>& skip,
                              std::int64_t d_state, const Packing* packing, at::Tensor* state) {
        const at::Tensor D = skip.value_or(at::Tensor());
        const ScanGrid& grid = *packing->grid;
        const Chunked c = to_chunked(xbc, dt, d_state, grid);
        const auto scores = at::bmm(c.C_CQN, c.B_CQN.transpose(1, 2));
        auto carried_HNPS =
            state->defined()
                ? state->index_select(0, grid.order_N).transpose(0, 1).contiguous()
                : at::zeros({c.heads, packing->sequences(), c.head_dim, d_state}, xbc.options());
        auto entering_HCPS = at::empty({c.heads, grid.chunks, c.head_dim, d_state}, xbc.options());
        auto y = at::empty({grid.chunks, kScanChunk, c.heads * c.head_dim}, xbc.options());
        for (std::int64_t head = 0; head < c.heads; ++head) {
            auto y_head = forward_head(c, head_terms(c, A, head), scores, grid, carried_HNPS[head],
                                       entering_HCPS[head]);
            if (D.defined()) y_head.addcmul_(c.x(head), D[head]);
            y.narrow(2, head * c.head_dim, c.head_dim).copy_(y_head);
        }
        if (state->defined()) {
            *state =
                at::empty_like(*state).index_copy_(0, grid.order_N, carried_HNPS.transpose(0, 1));
        }
        context->save_for_backward({xbc, dt, A, D, entering_HCPS});
        context->saved_data["d_state"] = d_state;
        context->saved_data["grid"] =
            c10::IValue::make_capsule(c10::make_intrusive<GridHolder>(packing->grid));
        return from_chunks(y, grid);
    }

    static variable_list backward(AutogradContext* context, variable_list grads) {
        const auto saved = context->get_saved_variables();
        const auto &xbc = saved[0], &dt = saved[1], &A = saved[2], &D = saved[3],
                   &entering_HCPS = saved[4];
        const auto holder = c10::dynamic_intrusive_pointer_cast<GridHolder>(
            context->saved_data["grid"].toCapsule());
        const ScanGrid& grid = *holder->grid;
        const Chunked c = to_chunked(xbc, dt, context->saved_data["d_state"].toInt(), grid);
        const auto scores = at::bmm(c.C_CQN, c.B_CQN.transpose(1, 2));
        auto grad_y = to_chunks(grads[0], grid);
        if (!grid.identity) grad_y = grad_y * grid.valid_CQ.unsqueeze(2);
        auto grad_xbc = at::zeros_like(c.xbc_CQF);
        auto grad_dt = at::empty_like(c.dt_CQH);
        auto grad_A = at::empty_like(A);
        auto grad_D = D.defined() ? at::empty_like(D) : at::Tensor();
        auto grad_scores = at::zeros_like(scores);
        auto grad_B = grad_xbc.narrow(2, c.heads * c.head_dim, c.d_state);
        auto grad_C = grad_xbc.narrow(2, c.heads * c.head_dim + c.d_state, c.d_state);
        for (std::int64_t head = 0; head < c.heads; ++head) {
            const auto grad_head = grad_y.narrow(2, head * c.head_dim, c.head_dim).contiguous();
            auto g = backward_head(c, head_terms(c, A, head), scores, grid, entering_HCPS[head],
                                   grad_head, A[head], head);
            if (D.defined()) {
                g.x_CQP.addcmul_(grad_head, D[head]);
                grad_D[head].copy_((grad_head * c.x(head)).sum());
            }
            grad_xbc.narrow(2, head * c.head_dim, c.head_dim).copy_(g.x_CQP);
            grad_dt.select(2, head).copy_(g.dt_CQ);
            grad_A[head].copy_(g.A);
            grad_scores.add_(g.scores_CQQ);
            grad_B.add_(g.B_CQN);
            grad_C.add_(g.C_CQN);
        }
        grad_B.add_(at::bmm(grad_scores.transpose(1, 2), c.C_CQN));
        grad_C.add_(at::bmm(grad_scores, c.B_CQN));
        return {from_chunks(grad_xbc, grid),
                from_chunks(grad_dt, grid),
                grad_A,
                grad_D,
                at::Tensor(),
                at::Tensor(),
                at::Tensor()};
    }

  private:
    struct GridHolder : torch::CustomClassHolder {
        explicit GridHolder(std::shared_ptr<const ScanGrid> shared) : grid(std::move(shared)) {}
        std::shared_ptr<const ScanGrid> grid;
    };
};

}  // namespace

ScanResult ssd_scan(const at::Tensor& xbc_TF, const at::Tensor& dt_TH, const at::Tensor& A_H,
                    const at::Tensor& D_H, std::int64_t d_state, const Packing& packing,
                    const at::Tensor& state_NHPS) {
    TORCH_CHECK(xbc_TF.size(0) == packing.total() && dt_TH.size(0) == packing.total(),
                "ssd_scan: ", xbc_TF.size(0), " rows, packing has ", packing.total());
    const std::int64_t width = xbc_TF.size(1) - 2 * d_state;
    TORCH_CHECK(width > 0 && width % dt_TH.size(1) == 0, "ssd_scan: ", width, " channels for ",
                dt_TH.size(1), " heads");
    ScanResult result;
    if (packing.total() == 0) return {xbc_TF.narrow(1, 0, width), state_NHPS};
    at::Tensor state = state_NHPS;
    const auto skip = D_H.defined() ? std::optional<at::Tensor>(D_H) : std::nullopt;
    const auto dtype = xbc_TF.scalar_type();
    result.y_TF = SsdScan::apply(to_accumulate(xbc_TF), to_accumulate(dt_TH), A_H, skip, d_state,
                                 &packing, &state)
                      .to(dtype);
    result.state_NHPS = state;
    return result;
}

}  // namespace dna_hnet::ops
