// The causal convolution.
#include <ATen/ATen.h>

#include "op_case.hpp"
#include "ops/causal_conv1d.hpp"
#include "support/plain_ops.hpp"
#include "support/test.hpp"

namespace dna_hnet::test {
namespace {

OpCase conv_case(const Lengths& lengths, std::int64_t width, bool with_tail) {
    constexpr std::int64_t kChannels = 3;
    OpCase c;
    c.name = "causal_conv1d " + name_of(lengths) + " width " + std::to_string(width) +
             (with_tail ? " with tail" : "");
    c.operands = {{random_numbers({sum_of(lengths), kChannels}, 1)},
                  {random_numbers({kChannels, width}, 2), Role::kParameter},
                  {random_numbers({kChannels}, 3), Role::kParameter}};
    if (with_tail) {
        const auto sequences = static_cast<std::int64_t>(lengths.size());
        c.operands.push_back({random_numbers({sequences, width - 1, kChannels}, 4), Role::kFixed});
    }
    const auto tail = [](const Tensors& in) { return in.size() > 3 ? in[3] : at::Tensor(); };
    c.op = [lengths, tail](const Tensors& in) {
        const auto packing = ops::make_packing(lengths, in[0].device());
        const auto result = ops::causal_conv1d(in[0], in[1], in[2], packing, tail(in));
        return Tensors{result.y_TF, result.tail_NWF};
    };
    c.plain = [lengths, tail](const Tensors& in) {
        const auto result = plain::causal_conv1d(in[0], in[1], in[2], lengths, tail(in));
        return Tensors{result.rows, result.state};
    };
    c.central_differences = sum_of(lengths) <= 6;
    return c;
}

std::vector<OpCase> conv_cases(const std::vector<Lengths>& packings) {
    std::vector<OpCase> cases;
    for (const auto& lengths : packings) {
        for (const bool with_tail : {false, true}) {
            for (const std::int64_t width : {2, 4}) {
                cases.push_back(conv_case(lengths, width, with_tail));
            }
        }
    }
    return cases;
}

}  // namespace

TEST_CASE("causal_conv1d: short sequences", "[ops][quick]") {
    check_cases(conv_cases(short_packings()));
}

TEST_CASE("causal_conv1d: long sequences", "[ops]") {
    check_cases(conv_cases(long_packings()));
}

TEST_CASE("causal_conv1d: segments with a carried tail give the whole", "[ops][quick]") {
    const OneThread one_thread;
    const at::NoGradGuard no_grad;
    const Lengths lengths = {90, 0, 5, 1, 33};
    const auto x = random_numbers({sum_of(lengths), 3}, 1), weight = random_numbers({3, 4}, 2),
               bias = random_numbers({3}, 3);
    const auto start = random_numbers({5, 3, 3}, 4);
    const auto whole =
        ops::causal_conv1d(x, weight, bias, ops::make_packing(lengths, at::kCPU), start);
    for (std::uint64_t seed = 0; seed < 5; ++seed) {
        auto tail = start;
        auto joined = at::zeros_like(x);
        for (const auto& segment : random_segments(lengths, 12, seed)) {
            const auto part =
                ops::causal_conv1d(x.index_select(0, segment.rows), weight, bias,
                                   ops::make_packing(segment.lengths, at::kCPU), tail);
            joined.index_copy_(0, segment.rows, part.y_TF);
            tail = part.tail_NWF;
        }
        CHECK(squared_error(joined, whole.y_TF) < 1e-24);
        CHECK(at::equal(tail, whole.tail_NWF));
    }
}

TEST_CASE("causal_conv1d: no gradient flows into or out of a tail", "[ops][quick]") {
    auto x = random_numbers({4, 3}, 1).requires_grad_(true);
    auto tail = random_numbers({1, 3, 3}, 4).requires_grad_(true);
    const auto weight = random_numbers({3, 4}, 2), bias = random_numbers({3}, 3);
    const auto result = ops::causal_conv1d(x, weight, bias, ops::make_packing({4}, at::kCPU), tail);
    CHECK_FALSE(result.tail_NWF.requires_grad());
    result.y_TF.sum().backward();
    CHECK_FALSE(tail.grad().defined());
    CHECK(x.grad().defined());
}

TEST_CASE("causal_conv1d: rows must match the packing", "[ops][quick]") {
    const auto packing = ops::make_packing({3}, at::kCPU);
    CHECK_THROWS_AS(
        ops::causal_conv1d(at::zeros({4, 3}), at::zeros({3, 4}), at::zeros({3}), packing),
        c10::Error);
}

}  // namespace dna_hnet::test
