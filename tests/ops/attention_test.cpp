// Rotary positions and attention.
#include <ATen/ATen.h>

#include "op_case.hpp"
#include "ops/attention.hpp"
#include "ops/rotary.hpp"
#include "support/plain_ops.hpp"
#include "support/test.hpp"

namespace dna_hnet::test {
namespace {

// The table's cosines are float32 numbers, also under a float64 operand.
OpCase rotary_case(const Lengths& lengths, const Lengths& first_positions, std::int64_t dim,
                   std::int64_t rotary_dim) {
    OpCase c;
    c.name = "rotary " + name_of(lengths) + " first " + name_of(first_positions) + " dim " +
             std::to_string(rotary_dim) + " of " + std::to_string(dim);
    c.operands = {{random_numbers({sum_of(lengths), 2, dim}, 1)}};
    c.op = [=](const Tensors& in) {
        const auto packing = ops::make_packing(lengths, in[0].device());
        auto table = ops::rotary_table(packing, first_positions, rotary_dim);
        if (in[0].scalar_type() == at::kDouble) {
            // Exact angles, so that the turning itself is checked in float64.
            auto exact = at::zeros({sum_of(lengths), 1, rotary_dim}, at::kDouble);
            exact.narrow(2, 0, rotary_dim / 2).fill_(1);
            const auto turned = plain::rotary(exact, lengths, first_positions, rotary_dim);
            table.cos_TR = turned.select(1, 0).narrow(1, 0, rotary_dim / 2);
            table.sin_TR = turned.select(1, 0).narrow(1, rotary_dim / 2, rotary_dim / 2);
        }
        return Tensors{ops::apply_rotary(in[0], table)};
    };
    c.plain = [=](const Tensors& in) {
        return Tensors{plain::rotary(in[0], lengths, first_positions, rotary_dim)};
    };
    c.central_differences = sum_of(lengths) <= 5;
    c.bfloat16 = true;
    return c;
}

OpCase attention_case(const Lengths& lengths, std::int64_t window, const Lengths& past = {}) {
    constexpr std::int64_t kHeads = 2, kDim = 3;
    OpCase c;
    c.name = "attention " + name_of(lengths) + " window " + std::to_string(window) + " past " +
             name_of(past);
    for (std::uint64_t seed = 1; seed <= 3; ++seed) {
        c.operands.push_back({random_numbers({sum_of(lengths), kHeads, kDim}, seed)});
    }
    for (std::size_t i = 0; i < past.size(); ++i) {
        for (const std::uint64_t seed : {10 + 2 * i, 11 + 2 * i}) {
            c.operands.push_back({random_numbers({past[i], kHeads, kDim}, seed), Role::kFixed});
        }
    }
    // Keys and values of the past: none where its length is 0.
    const auto cached = [past](const Tensors& in) {
        ops::KeyValueCache cache;
        for (std::size_t i = 0; i < past.size(); ++i) {
            cache.keys.push_back(past[i] ? in[3 + 2 * i] : at::Tensor());
            cache.values.push_back(past[i] ? in[4 + 2 * i] : at::Tensor());
        }
        return cache;
    };
    c.op = [=](const Tensors& in) {
        auto cache = cached(in);
        const auto packing = ops::make_packing(lengths, in[0].device());
        return Tensors{
            ops::attention(in[0], in[1], in[2], window, packing, past.empty() ? nullptr : &cache)};
    };
    c.plain = [=](const Tensors& in) {
        const auto cache = cached(in);
        return Tensors{
            plain::attention(in[0], in[1], in[2], window, lengths, cache.keys, cache.values)};
    };
    c.central_differences = sum_of(lengths) <= 6;
    return c;
}

}  // namespace

TEST_CASE("rotary", "[ops][quick]") {
    std::vector<OpCase> cases;
    for (const auto& lengths : short_packings()) cases.push_back(rotary_case(lengths, {}, 6, 4));
    cases.push_back(rotary_case({3, 0, 2}, {100, 5, 7}, 4, 4));
    cases.push_back(rotary_case({2, 2}, {1000, 0}, 8, 2));
    check_cases(cases);
}

TEST_CASE("rotary: angles stay exact far into a contig", "[ops][quick]") {
    // 2^28 + 1 is no float32 number; its angle is taken in double.
    const std::int64_t far = (std::int64_t{1} << 28) + 1;
    const auto table = ops::rotary_table(ops::make_packing({2}, at::kCPU), {far}, 2);
    for (std::int64_t j = 0; j < 2; ++j) {
        const auto angle = static_cast<double>(far + j);
        CHECK(table.cos_TR[j][0].item<double>() == Approx(std::cos(angle)).margin(1e-6));
        CHECK(table.sin_TR[j][0].item<double>() == Approx(std::sin(angle)).margin(1e-6));
    }
}

TEST_CASE("rotary: products depend on the distance alone", "[ops][quick]") {
    const auto q = random_numbers({1, 1, 8}, 1), k = random_numbers({1, 1, 8}, 2);
    const auto product = [&](std::int64_t at_q, std::int64_t at_k) {
        const auto packing = ops::make_packing({1}, at::kCPU);
        return (ops::apply_rotary(q, ops::rotary_table(packing, {at_q}, 8)) *
                ops::apply_rotary(k, ops::rotary_table(packing, {at_k}, 8)))
            .sum()
            .item<double>();
    };
    CHECK(product(905, 900) == Approx(product(5, 0)).margin(1e-5));
    CHECK(std::abs(product(906, 900) - product(5, 0)) > 1e-2);
}

TEST_CASE("attention: short sequences", "[ops][quick]") {
    std::vector<OpCase> cases;
    for (const auto& lengths : short_packings()) {
        for (const std::int64_t window : {-1, 0, 1, 16}) {
            cases.push_back(attention_case(lengths, window));
        }
    }
    for (const std::int64_t window : {-1, 0, 3, 1000}) {
        cases.push_back(attention_case({3, 0, 2, 1}, window, {5, 4, 0, 1}));
        cases.push_back(attention_case({65, 33}, window, {64, 0}));
    }
    check_cases(cases);
}

TEST_CASE("attention: long sequences", "[ops]") {
    std::vector<OpCase> cases;
    for (const auto& lengths : long_packings()) {
        for (const std::int64_t window : {-1, 200}) {
            cases.push_back(attention_case(lengths, window));
        }
    }
    cases.push_back(attention_case({1134}, 1023));
    cases.push_back(attention_case({300, 0, 10}, 250, {250, 7, 250}));
    check_cases(cases);
}

TEST_CASE("attention: a window of 1023 sees 1024 keys, never across sequences", "[ops][quick]") {
    const at::NoGradGuard no_grad;
    constexpr std::int64_t kWindow = 1023, kFirst = 1200, kSecond = 1100, kMarked = 37;
    const std::int64_t tokens = kFirst + kSecond;
    // Equal scores: every visible key weighs 1 over their number. The marked value tells who sees
    // token kMarked of the first sequence; a second channel of ones sums the weights.
    const auto zeros = at::zeros({tokens, 1, 2});
    auto values = at::zeros({tokens, 1, 2});
    values[kMarked][0][0] = 1;
    values.select(2, 1).fill_(1);
    const auto out = ops::attention(zeros, zeros, values, kWindow,
                                    ops::make_packing({kFirst, kSecond}, at::kCPU));
    const auto seen = out.select(2, 0).select(1, 0);
    for (std::int64_t t = 0; t < tokens; ++t) {
        const bool visible = t >= kMarked && t <= kMarked + kWindow;
        const double weight = 1.0 / static_cast<double>(std::min<std::int64_t>(t, kWindow) + 1);
        if (std::abs(seen[t].item<double>() - (visible ? weight : 0.0)) <= 1e-7) continue;
        FAIL_CHECK("query " << t << ": " << seen[t].item<double>() << ", expected "
                            << (visible ? weight : 0.0));
    }
    CHECK((out.select(2, 1) - 1).abs().max().item<double>() < 5e-5);
}

TEST_CASE("attention: segments with a cache give the whole", "[ops][quick]") {
    const OneThread one_thread;
    const at::NoGradGuard no_grad;
    const Lengths lengths = {150, 0, 5, 1, 64};
    Tensors qkv;
    for (std::uint64_t seed = 1; seed <= 3; ++seed) {
        qkv.push_back(random_numbers({sum_of(lengths), 2, 4}, seed));
    }
    for (const std::int64_t window : {-1, 0, 7, 40}) {
        const auto whole =
            ops::attention(qkv[0], qkv[1], qkv[2], window, ops::make_packing(lengths, at::kCPU));
        for (std::uint64_t seed = 0; seed < 3; ++seed) {
            ops::KeyValueCache cache{Tensors(lengths.size()), Tensors(lengths.size())};
            auto joined = at::zeros_like(whole);
            Lengths read(lengths.size(), 0);
            for (const auto& segment : random_segments(lengths, 9, seed)) {
                Tensors parts;
                for (const auto& rows : qkv) parts.push_back(rows.index_select(0, segment.rows));
                joined.index_copy_(
                    0, segment.rows,
                    ops::attention(parts[0], parts[1], parts[2], window,
                                   ops::make_packing(segment.lengths, at::kCPU), &cache));
                for (std::size_t i = 0; i < lengths.size(); ++i) {
                    read[i] += segment.lengths[i];
                    const auto kept = window < 0 ? read[i] : std::min(read[i], window);
                    CHECK((cache.keys[i].defined() ? cache.keys[i].size(0) : 0) == kept);
                    CHECK((cache.values[i].defined() ? cache.values[i].size(0) : 0) == kept);
                }
            }
            CHECK(squared_error(joined, whole) < 1e-24);
        }
    }
}

TEST_CASE("attention: scores of any size, rows must match the packing", "[ops][quick]") {
    const auto packing = ops::make_packing({65}, at::kCPU);
    const auto q = random_numbers({65, 1, 4}, 1).to(at::kFloat) * 1000;
    const auto v = random_numbers({65, 1, 4}, 2).to(at::kFloat);
    CHECK(ops::attention(q, q, v, -1, packing).isfinite().all().item<bool>());
    CHECK_THROWS_AS(ops::attention(q.narrow(0, 0, 4), q, v, -1, packing), c10::Error);
}

}  // namespace dna_hnet::test
