// Boundary probabilities and decisions.
#include <ATen/ATen.h>

#include "op_case.hpp"
#include "ops/routing.hpp"
#include "support/plain_ops.hpp"
#include "support/test.hpp"

namespace dna_hnet::test {
namespace {

// `seen` empty: no sequence continues, and there is no previous query.
OpCase probability_case(const Lengths& lengths, const std::vector<bool>& seen) {
    constexpr std::int64_t kWidth = 4;
    OpCase c;
    c.name = "boundary_probability " + name_of(lengths) + (seen.empty() ? "" : " continued");
    c.operands = {{random_numbers({sum_of(lengths), kWidth}, 1)},
                  {random_numbers({sum_of(lengths), kWidth}, 2)}};
    if (!seen.empty()) {
        const auto sequences = static_cast<std::int64_t>(lengths.size());
        c.operands.push_back({random_numbers({sequences, kWidth}, 3), Role::kFixed});
    }
    const auto previous = [](const Tensors& in) { return in.size() > 2 ? in[2] : at::Tensor(); };
    c.op = [=](const Tensors& in) {
        const auto packing = ops::make_packing(lengths, in[0].device());
        return Tensors{ops::boundary_probability(in[0], in[1], packing, previous(in), seen)};
    };
    c.plain = [=](const Tensors& in) {
        // The last term keeps the result differentiable where every position is forced.
        return Tensors{plain::boundary_probability(in[0], in[1], lengths, previous(in), seen) +
                       0 * (in[0].sum() + in[1].sum())};
    };
    c.central_differences = sum_of(lengths) <= 6;
    c.bfloat16 = true;
    return c;
}

std::vector<OpCase> probability_cases(const std::vector<Lengths>& packings) {
    std::vector<OpCase> cases;
    for (const auto& lengths : packings) {
        std::vector<bool> seen(lengths.size());
        for (std::size_t i = 0; i < seen.size(); ++i) seen[i] = i % 2 == 0;
        cases.push_back(probability_case(lengths, {}));
        cases.push_back(probability_case(lengths, seen));
    }
    return cases;
}

at::Tensor probabilities(const at::Tensor& q, const at::Tensor& k) {
    return ops::boundary_probability(q, k, ops::make_packing({q.size(0)}, at::kCPU), {}, {});
}

}  // namespace

TEST_CASE("boundary_probability: short sequences", "[ops][quick]") {
    check_cases(probability_cases(short_packings()));
}

TEST_CASE("boundary_probability: long sequences", "[ops]") {
    check_cases(probability_cases(long_packings()));
}

TEST_CASE("boundary_probability: q comes from the token before, k from the token", "[ops][quick]") {
    const auto q = at::tensor({1.0F, 0.0F, 0.0F, 1.0F, 5.0F, 5.0F}).view({3, 2});
    const auto k = at::tensor({9.0F, 9.0F, -2.0F, 0.0F, 0.0F, 3.0F}).view({3, 2});
    // Opposite: p = 1; alike: p = 0, whatever the lengths of the vectors.
    CHECK(at::equal(probabilities(q, k), at::tensor({1.0F, 1.0F, 0.0F})));
}

TEST_CASE("boundary_probability: ties and zero vectors start no chunk", "[ops][quick]") {
    for (const auto type : {at::kFloat, at::kBFloat16}) {
        // Token 1: orthogonal. Token 2: a zero query before it. Token 3: a zero key.
        auto q = at::tensor({1.0F, 0.0F, 0.0F, 0.0F, 1.0F, 1.0F, 1.0F, 1.0F}).view({4, 2});
        auto k = at::tensor({1.0F, 1.0F, 0.0F, 1.0F, 1.0F, 1.0F, 0.0F, 0.0F}).view({4, 2});
        q = q.to(type).requires_grad_(true);
        k = k.to(type).requires_grad_(true);
        const auto prob = probabilities(q, k);
        CHECK(prob.scalar_type() == at::kFloat);
        CHECK(at::equal(prob.detach(), at::tensor({1.0F, 0.5F, 0.5F, 0.5F})));
        CHECK(at::equal(ops::boundary_decision(prob), at::tensor({1, 0, 0, 0}).to(at::kBool)));
        prob.sum().backward();
        CHECK(q.grad().isfinite().all().item<bool>());
        CHECK(k.grad().isfinite().all().item<bool>());
    }
}

TEST_CASE("boundary_decision: strictly above one half", "[ops][quick]") {
    const float above = std::nextafter(0.5F, 1.0F), below = std::nextafter(0.5F, 0.0F);
    const auto prob = at::tensor({0.0F, below, 0.5F, above, 1.0F});
    CHECK(at::equal(ops::boundary_decision(prob), at::tensor({0, 0, 0, 1, 1}).to(at::kBool)));
    CHECK(ops::boundary_decision(at::zeros({0})).numel() == 0);
}

TEST_CASE("boundary_probability: forced positions take no gradient", "[ops][quick]") {
    auto q = random_numbers({5, 4}, 1).requires_grad_(true);
    auto k = random_numbers({5, 4}, 2).requires_grad_(true);
    const auto packing = ops::make_packing({2, 0, 3}, at::kCPU);
    const auto prob = ops::boundary_probability(q, k, packing, {}, {});
    (prob[0] + prob[2]).backward();
    CHECK(prob[0].item<double>() == 1);
    CHECK(prob[2].item<double>() == 1);
    CHECK(q.grad().eq(0).all().item<bool>());
    CHECK(k.grad().eq(0).all().item<bool>());
}

TEST_CASE("boundary_probability: segments with a carried query give the whole", "[ops][quick]") {
    const OneThread one_thread;
    const at::NoGradGuard no_grad;
    const Lengths lengths = {90, 0, 5, 1, 33};
    const auto q = random_numbers({sum_of(lengths), 4}, 1),
               k = random_numbers({sum_of(lengths), 4}, 2);
    const auto whole =
        ops::boundary_probability(q, k, ops::make_packing(lengths, at::kCPU), {}, {});
    for (std::uint64_t seed = 0; seed < 5; ++seed) {
        // A query that is not yet seen must not be read: poison.
        auto previous = at::full({5, 4}, std::nan(""), at::kDouble);
        std::vector<bool> seen(lengths.size(), false);
        auto joined = at::zeros_like(whole);
        for (const auto& segment : random_segments(lengths, 12, seed)) {
            const auto packing = ops::make_packing(segment.lengths, at::kCPU);
            const auto q_part = q.index_select(0, segment.rows);
            joined.index_copy_(0, segment.rows,
                               ops::boundary_probability(q_part, k.index_select(0, segment.rows),
                                                         packing, previous, seen));
            for (std::int64_t i = 0; i < packing.sequences(); ++i) {
                if (packing.length(i) == 0) continue;
                previous[i].copy_(q_part[packing.cu[i + 1] - 1]);
                seen[static_cast<std::size_t>(i)] = true;
            }
        }
        CHECK(squared_error(joined, whole) < 1e-24);
    }
}

}  // namespace dna_hnet::test
