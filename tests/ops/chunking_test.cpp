// From tokens to chunks and back.
#include <ATen/ATen.h>

#include "op_case.hpp"
#include "ops/chunking.hpp"
#include "support/plain_ops.hpp"
#include "support/test.hpp"

namespace dna_hnet::test {
namespace {

constexpr std::int64_t kWidth = 3;

enum class Boundaries { kForcedFirst, kAnywhere, kNone, kAll };

std::vector<bool> boundaries_of(const Lengths& lengths, Boundaries kind) {
    const auto drawn = random_between(0, 1, {sum_of(lengths)}, 21);
    std::vector<bool> mask;
    for (const std::int64_t length : lengths) {
        for (std::int64_t j = 0; j < length; ++j) {
            const auto t = static_cast<std::int64_t>(mask.size());
            const bool chance = drawn[t].item<double>() < 0.3;
            mask.push_back(kind == Boundaries::kAll ||
                           (kind == Boundaries::kForcedFirst && (j == 0 || chance)) ||
                           (kind == Boundaries::kAnywhere && chance));
        }
    }
    return mask;
}

at::Tensor as_tensor(const std::vector<bool>& mask) {
    auto tensor = at::zeros({static_cast<std::int64_t>(mask.size())}, at::kBool);
    for (std::size_t t = 0; t < mask.size(); ++t) tensor.data_ptr<bool>()[t] = mask[t];
    return tensor;
}

std::vector<std::int64_t> numbers(const at::Tensor& tensor) {
    const auto* data = tensor.const_data_ptr<std::int64_t>();
    return {data, data + tensor.numel()};
}

void check_map(const Lengths& lengths, const std::vector<bool>& mask) {
    INFO("make_chunk_map " << name_of(lengths));
    const auto map = ops::make_chunk_map(as_tensor(mask), ops::make_packing(lengths, at::kCPU));
    std::vector<std::int64_t> inner_cu = {0}, selected, chunk;
    const auto total = static_cast<std::int64_t>(std::count(mask.begin(), mask.end(), true));
    std::vector<std::int64_t> counts(static_cast<std::size_t>(total) + lengths.size(), 0);
    std::int64_t t = 0;
    for (std::size_t i = 0; i < lengths.size(); ++i) {
        auto row = total + static_cast<std::int64_t>(i);
        for (std::int64_t j = 0; j < lengths[i]; ++j, ++t) {
            if (mask[static_cast<std::size_t>(t)]) {
                row = static_cast<std::int64_t>(selected.size());
                selected.push_back(t);
            }
            chunk.push_back(row);
            ++counts[static_cast<std::size_t>(row)];
        }
        inner_cu.push_back(static_cast<std::int64_t>(selected.size()));
    }
    CHECK(map.inner.cu == inner_cu);
    CHECK(numbers(map.selected_M) == selected);
    CHECK(numbers(map.chunk_T) == chunk);
    CHECK(numbers(map.counts_M) == counts);
}

OpCase select_case(const Lengths& lengths, Boundaries kind) {
    const auto mask = boundaries_of(lengths, kind);
    OpCase c;
    c.name = "select_chunks " + name_of(lengths);
    c.operands = {{random_numbers({sum_of(lengths), kWidth}, 1)}, {as_tensor(mask), Role::kFixed}};
    c.op = [=](const Tensors& in) {
        const auto packing = ops::make_packing(lengths, in[0].device());
        return Tensors{ops::select_chunks(in[0], ops::make_chunk_map(in[1], packing))};
    };
    c.plain = [=](const Tensors& in) {
        Tensors rows = {in[0].narrow(0, 0, 0)};
        for (std::size_t t = 0; t < mask.size(); ++t) {
            if (mask[t]) rows.push_back(in[0].narrow(0, static_cast<std::int64_t>(t), 1));
        }
        return Tensors{at::cat(rows)};
    };
    c.central_differences = sum_of(lengths) <= 6;
    c.bfloat16 = true;
    return c;
}

// `lengths`: chunks per sequence. Each sequence's first probability is the forced 1.
OpCase smooth_case(const Lengths& lengths, bool with_last) {
    auto prob = random_between(0.01, 0.99, {sum_of(lengths)}, 2);
    std::int64_t begin = 0;
    for (const std::int64_t length : lengths) {
        if (length > 0 && !with_last) prob[begin].fill_(1);
        begin += length;
    }
    OpCase c;
    c.name = "smooth_chunks " + name_of(lengths) + (with_last ? " with last" : "");
    c.operands = {{random_numbers({sum_of(lengths), kWidth}, 1)}, {prob, Role::kParameter}};
    if (with_last) {
        const auto sequences = static_cast<std::int64_t>(lengths.size());
        c.operands.push_back({random_numbers({sequences, kWidth}, 3), Role::kFixed});
    }
    const auto last = [](const Tensors& in) { return in.size() > 2 ? in[2] : at::Tensor(); };
    c.op = [=](const Tensors& in) {
        const auto result =
            ops::smooth_chunks(in[0], in[1], ops::make_packing(lengths, in[0].device()), last(in));
        return Tensors{result.smoothed_MD, result.last_ND};
    };
    c.plain = [=](const Tensors& in) {
        const auto result = plain::smooth_chunks(in[0], in[1], lengths, last(in));
        return Tensors{result.rows, result.state};
    };
    c.central_differences = sum_of(lengths) <= 6;
    c.bfloat16 = true;
    return c;
}

OpCase upsample_case(const Lengths& lengths, Boundaries kind, bool with_last) {
    const auto mask = boundaries_of(lengths, kind);
    const auto chunks = static_cast<std::int64_t>(std::count(mask.begin(), mask.end(), true));
    OpCase c;
    c.name = "upsample_chunks " + name_of(lengths) + (with_last ? " with last" : "");
    c.operands = {{random_numbers({chunks, kWidth}, 1), Role::kParameter},
                  {as_tensor(mask), Role::kFixed}};
    if (with_last) {
        const auto sequences = static_cast<std::int64_t>(lengths.size());
        c.operands.push_back({random_numbers({sequences, kWidth}, 3), Role::kFixed});
    }
    const auto last = [](const Tensors& in) { return in.size() > 2 ? in[2] : at::Tensor(); };
    c.op = [=](const Tensors& in) {
        const auto packing = ops::make_packing(lengths, in[0].device());
        return Tensors{ops::upsample_chunks(in[0], last(in), ops::make_chunk_map(in[1], packing))};
    };
    c.plain = [=](const Tensors& in) {
        // The last term keeps the result differentiable where no chunk starts.
        return Tensors{plain::upsample_chunks(in[0], last(in), mask, lengths) + 0 * in[0].sum()};
    };
    c.central_differences = sum_of(lengths) <= 6;
    return c;
}

OpCase straight_through_case(std::int64_t tokens) {
    OpCase c;
    c.name = "straight_through " + std::to_string(tokens);
    c.operands = {{random_numbers({tokens, kWidth}, 1)},
                  {random_between(0, 1, {tokens}, 2), Role::kParameter},
                  {as_tensor(boundaries_of({tokens}, Boundaries::kAnywhere)), Role::kFixed},
                  {random_numbers({tokens, kWidth}, 3), Role::kParameter}};
    c.op = [](const Tensors& in) {
        return Tensors{ops::straight_through(in[0], in[1], in[2], in[3])};
    };
    // No central differences: the gradient is that of multiplying by c, the value that of 1.
    c.plain = [](const Tensors& in) {
        const auto c_T = at::where(in[2], in[1], 1 - in[1]);
        return Tensors{in[0] * (1 + (c_T - c_T.detach())).unsqueeze(1) + in[3]};
    };
    c.bfloat16 = true;
    return c;
}

std::vector<OpCase> chunking_cases(const std::vector<Lengths>& packings) {
    std::vector<OpCase> cases;
    for (const auto& lengths : packings) {
        for (const auto kind : {Boundaries::kForcedFirst, Boundaries::kAnywhere, Boundaries::kNone,
                                Boundaries::kAll}) {
            check_map(lengths, boundaries_of(lengths, kind));
            cases.push_back(select_case(lengths, kind));
            cases.push_back(upsample_case(lengths, kind, kind != Boundaries::kForcedFirst));
        }
        for (const bool with_last : {false, true}) {
            cases.push_back(smooth_case(lengths, with_last));
        }
        cases.push_back(straight_through_case(sum_of(lengths)));
    }
    return cases;
}

}  // namespace

TEST_CASE("chunking: short sequences", "[ops][quick]") {
    check_cases(chunking_cases(short_packings()));
}

TEST_CASE("chunking: long sequences", "[ops]") {
    check_cases(chunking_cases(long_packings()));
}

TEST_CASE("smooth_chunks: a forced P = 1 and every P at the clamp take no gradient",
          "[ops][quick]") {
    auto prob = at::tensor({1.0F, 0.5F, 0.0F, 0.9F, 0.99995F}).requires_grad_(true);
    const auto z = random_numbers({5, kWidth}, 1).to(at::kFloat);
    const auto smoothed =
        ops::smooth_chunks(z, prob, ops::make_packing({5}, at::kCPU), {}).smoothed_MD;
    (smoothed * random_numbers({5, kWidth}, 2)).sum().backward();
    const auto zero = at::tensor({1, 0, 1, 0, 1}).to(at::kBool);
    CHECK(at::equal(prob.grad().eq(0), zero));
    // The clamp itself: a first chunk keeps 0.9999 of its value.
    CHECK(squared_error(smoothed[0], z[0] * 0.9999) < 1e-13);
}

TEST_CASE("straight_through: multiplies by exactly 1", "[ops][quick]") {
    // Also where a boundary is forced at p < 0.5 or forbidden at p > 0.5.
    const std::int64_t tokens = 20000;
    const auto dechunked = random_numbers({tokens, 1}, 1).to(at::kFloat),
               residual = at::zeros({tokens, 1});
    const auto prob = at::rand({tokens}).square();
    for (const bool boundary : {false, true}) {
        const auto mask = at::full({tokens}, boundary, at::kBool);
        CHECK(at::equal(ops::straight_through(dechunked, prob, mask, residual), dechunked));
    }
}

TEST_CASE("chunking: segments with a carried value give the whole", "[ops][quick]") {
    const OneThread one_thread;
    const at::NoGradGuard no_grad;
    const Lengths lengths = {150, 0, 5, 1, 64};
    const auto sequences = static_cast<std::int64_t>(lengths.size());
    const auto mask = as_tensor(boundaries_of(lengths, Boundaries::kAnywhere));
    const auto hidden = random_numbers({sum_of(lengths), kWidth}, 1);
    const auto prob = random_between(0.01, 0.99, {sum_of(lengths)}, 2);
    const auto start = random_numbers({sequences, kWidth}, 3);
    const auto read = [&](const at::Tensor& rows, const Lengths& parts, at::Tensor& last) {
        const auto map =
            ops::make_chunk_map(mask.index_select(0, rows), ops::make_packing(parts, at::kCPU));
        const auto z = ops::select_chunks(hidden.index_select(0, rows), map);
        const auto prob_M = prob.index_select(0, rows).index_select(0, map.selected_M);
        const auto smooth = ops::smooth_chunks(z, prob_M, map.inner, last);
        const auto result = ops::upsample_chunks(smooth.smoothed_MD, last, map);
        last = smooth.last_ND;
        return result;
    };
    auto last_whole = start;
    const auto whole = read(at::arange(sum_of(lengths)), lengths, last_whole);
    for (std::uint64_t seed = 0; seed < 5; ++seed) {
        auto last = start;
        auto joined = at::zeros_like(whole);
        for (const auto& segment : random_segments(lengths, 12, seed)) {
            joined.index_copy_(0, segment.rows, read(segment.rows, segment.lengths, last));
        }
        CHECK(squared_error(joined, whole) < 1e-24);
        CHECK(squared_error(last, last_whole) < 1e-24);
    }
}

}  // namespace dna_hnet::test
