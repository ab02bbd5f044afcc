// The state-space scan.
#include <ATen/ATen.h>

#include "op_case.hpp"
#include "ops/ssd_scan.hpp"
#include "support/plain_ops.hpp"
#include "support/test.hpp"

namespace dna_hnet::test {
namespace {

struct Sizes {
    std::int64_t heads, head_dim, d_state;
};

// Operands: xbc, dt, A, then D and the state where wanted.
OpCase scan_case(const Lengths& lengths, Sizes s, bool with_skip, bool with_state) {
    const std::int64_t tokens = sum_of(lengths);
    OpCase c;
    c.name = "ssd_scan " + name_of(lengths) + (with_skip ? " with D" : "") +
             (with_state ? " with state" : "");
    c.operands = {{random_numbers({tokens, s.heads * s.head_dim + 2 * s.d_state}, 1)},
                  {random_between(0, 0.6, {tokens, s.heads}, 2), Role::kParameter},
                  {random_between(-2, -0.1, {s.heads}, 3), Role::kParameter}};
    if (with_skip) c.operands.push_back({random_numbers({s.heads}, 4), Role::kParameter});
    if (with_state) {
        const auto sequences = static_cast<std::int64_t>(lengths.size());
        c.operands.push_back(
            {random_numbers({sequences, s.heads, s.head_dim, s.d_state}, 5), Role::kFixed});
    }
    const auto skip = [with_skip](const Tensors& in) { return with_skip ? in[3] : at::Tensor(); };
    const auto state = [with_state](const Tensors& in) {
        return with_state ? in.back() : at::Tensor();
    };
    c.op = [=](const Tensors& in) {
        const auto packing = ops::make_packing(lengths, in[0].device());
        const auto result =
            ops::ssd_scan(in[0], in[1], in[2], skip(in), s.d_state, packing, state(in));
        return Tensors{result.y_TF, result.state_NHPS};
    };
    c.plain = [=](const Tensors& in) {
        const auto result =
            plain::ssd_scan(in[0], in[1], in[2], skip(in), s.d_state, lengths, state(in));
        return Tensors{result.rows, result.state};
    };
    c.bfloat16 = true;
    return c;
}

std::vector<OpCase> scan_cases(const std::vector<Lengths>& packings) {
    std::vector<OpCase> cases;
    for (const auto& lengths : packings) {
        cases.push_back(scan_case(lengths, {2, 3, 4}, true, false));
        cases.push_back(scan_case(lengths, {2, 3, 4}, false, true));
    }
    return cases;
}

struct Operands {
    at::Tensor xbc, dt, A, D;
};
Operands operands_of(std::int64_t tokens) {
    return {random_numbers({tokens, 14}, 1), random_between(0, 0.6, {tokens, 2}, 2),
            random_between(-2, -0.1, {2}, 3), random_numbers({2}, 4)};
}

}  // namespace

TEST_CASE("ssd_scan: short sequences", "[ops][quick]") {
    check_cases(scan_cases(short_packings()));
}

TEST_CASE("ssd_scan: long sequences", "[ops]") {
    check_cases(scan_cases(long_packings()));
}

TEST_CASE("ssd_scan: central differences within and across chunks", "[ops][quick]") {
    std::vector<OpCase> cases = {
        scan_case({3, 0, 2}, {2, 2, 2}, true, true), scan_case({4}, {2, 3, 1}, true, false),
        scan_case({66, 2}, {1, 1, 1}, true, false), scan_case({65}, {1, 1, 1}, false, true)};
    for (auto& op_case : cases) op_case.central_differences = true;
    check_cases(cases);
}

TEST_CASE("ssd_scan: segments with a carried state give the whole", "[ops][quick]") {
    const OneThread one_thread;
    const at::NoGradGuard no_grad;
    const Lengths lengths = {150, 0, 5, 1, 64};
    const auto [xbc, dt, A, D] = operands_of(sum_of(lengths));
    const auto start = random_numbers({5, 2, 3, 4}, 5);
    const auto whole = ops::ssd_scan(xbc, dt, A, D, 4, ops::make_packing(lengths, at::kCPU), start);
    for (std::uint64_t seed = 0; seed < 5; ++seed) {
        auto state = start;
        auto joined = at::zeros_like(whole.y_TF);
        for (const auto& segment : random_segments(lengths, 9, seed)) {
            const auto part =
                ops::ssd_scan(xbc.index_select(0, segment.rows), dt.index_select(0, segment.rows),
                              A, D, 4, ops::make_packing(segment.lengths, at::kCPU), state);
            joined.index_copy_(0, segment.rows, part.y_TF);
            state = part.state_NHPS;
        }
        CHECK(squared_error(joined, whole.y_TF) < 1e-24);
        CHECK(squared_error(state, whole.state_NHPS) < 1e-24);
    }
}

TEST_CASE("ssd_scan: an empty sequence keeps its state, bit for bit", "[ops][quick]") {
    const at::NoGradGuard no_grad;
    const auto [xbc, dt, A, D] = operands_of(3);
    const auto start = random_numbers({3, 2, 3, 4}, 5);
    const auto result =
        ops::ssd_scan(xbc, dt, A, D, 4, ops::make_packing({0, 3, 0}, at::kCPU), start);
    CHECK(at::equal(result.state_NHPS[0], start[0]));
    CHECK(at::equal(result.state_NHPS[2], start[2]));
    CHECK_FALSE(at::equal(result.state_NHPS[1], start[1]));
}

TEST_CASE("ssd_scan: bfloat16 in, bfloat16 out, float32 state", "[ops][quick]") {
    const at::NoGradGuard no_grad;
    const auto [xbc, dt, A, D] = operands_of(5);
    const auto result =
        ops::ssd_scan(xbc.to(at::kBFloat16), dt.to(at::kFloat), A.to(at::kFloat), D.to(at::kFloat),
                      4, ops::make_packing({5}, at::kCPU), at::zeros({1, 2, 3, 4}));
    CHECK(result.y_TF.scalar_type() == at::kBFloat16);
    CHECK(result.state_NHPS.scalar_type() == at::kFloat);
}

TEST_CASE("ssd_scan: strong decay forgets, no decay remembers", "[ops][quick]") {
    // One head, one channel, one state, B = C = 1: y is a decayed sum of dt x.
    const std::int64_t tokens = 200;
    const auto xbc = at::ones({tokens, 3}), dt = at::ones({tokens, 1});
    const auto packing = ops::make_packing({tokens}, at::kCPU);
    const auto sums = ops::ssd_scan(xbc, dt, at::zeros({1}), {}, 1, packing).y_TF.squeeze(1);
    CHECK(at::equal(sums, at::arange(1, tokens + 1, at::kFloat)));
    // exp(-200) is below every float32: nothing is carried, and nothing is infinite.
    const auto alone = ops::ssd_scan(xbc, dt, at::full({1}, -200.0), {}, 1, packing).y_TF;
    CHECK(at::equal(alone, at::ones({tokens, 1})));
}

TEST_CASE("ssd_scan: shapes must fit", "[ops][quick]") {
    const auto packing = ops::make_packing({4}, at::kCPU);
    const auto A = -at::ones({2});
    CHECK_THROWS_AS(ops::ssd_scan(at::zeros({3, 14}), at::zeros({3, 2}), A, {}, 4, packing),
                    c10::Error);
    CHECK_THROWS_AS(ops::ssd_scan(at::zeros({4, 13}), at::zeros({4, 2}), A, {}, 4, packing),
                    c10::Error);
}

}  // namespace dna_hnet::test
