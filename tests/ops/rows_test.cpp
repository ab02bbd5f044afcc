// Operations that treat every row alone: linear, norms, SwiGLU.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <cmath>

#include "op_case.hpp"
#include "ops/linear.hpp"
#include "ops/rms_norm.hpp"
#include "ops/swiglu.hpp"
#include "support/plain_ops.hpp"
#include "support/test.hpp"

namespace dna_hnet::test {
namespace {

struct Shape {
    std::int64_t rows, width;
};

// Awkward numbers of rows and awkward widths.
std::vector<Shape> shapes() {
    std::vector<Shape> list = {{0, 5}, {1, 1}, {2, 2}};
    for (const std::int64_t n :
         {1, 2, 3, 31, 32, 33, 63, 64, 65, 127, 128, 129, 255, 256, 257, 1134}) {
        list.push_back({n, 5});
        list.push_back({3, n});
    }
    return list;
}

std::string named(const std::string& op, Shape shape) {
    return op + " " + std::to_string(shape.rows) + "x" + std::to_string(shape.width);
}

bool small(Shape shape) {
    return shape.rows * shape.width <= 64;
}

OpCase linear_case(Shape shape, bool with_bias) {
    OpCase c;
    c.name = named(with_bias ? "linear" : "linear without bias", shape);
    c.operands = {{random_numbers({shape.rows, shape.width}, 1)},
                  {random_numbers({7, shape.width}, 2), Role::kParameter}};
    if (with_bias) c.operands.push_back({random_numbers({7}, 3), Role::kParameter});
    const auto bias = [](const Tensors& in) { return in.size() > 2 ? in[2] : at::Tensor(); };
    c.op = [bias](const Tensors& in) { return Tensors{ops::linear(in[0], in[1], bias(in))}; };
    c.plain = [bias](const Tensors& in) { return Tensors{plain::linear(in[0], in[1], bias(in))}; };
    c.central_differences = small(shape);
    return c;
}

OpCase add_rms_norm_case(Shape shape, bool with_residual) {
    OpCase c;
    c.name = named(with_residual ? "add_rms_norm" : "add_rms_norm without residual", shape);
    c.operands = {{random_numbers({shape.rows, shape.width}, 1)},
                  {random_numbers({shape.width}, 2), Role::kParameter}};
    if (with_residual) {
        c.operands.push_back({random_numbers({shape.rows, shape.width}, 3), Role::kParameter});
    }
    c.op = [](const Tensors& in) {
        const auto result = ops::add_rms_norm(in[0], in.size() > 2 ? in[2] : at::Tensor(), in[1]);
        return Tensors{result.normed_TD, result.residual_TD};
    };
    c.plain = [](const Tensors& in) {
        const auto sum = in.size() > 2 ? in[0] + in[2] : in[0] * 1;
        return Tensors{plain::rms_norm(sum, in[1]), sum};
    };
    c.central_differences = small(shape);
    c.bfloat16 = true;
    return c;
}

OpCase gated_rms_norm_case(Shape shape) {
    OpCase c;
    c.name = named("gated_rms_norm", shape);
    c.operands = {{random_numbers({shape.rows, shape.width}, 1)},
                  {random_numbers({shape.rows, shape.width}, 2)},
                  {random_numbers({shape.width}, 3), Role::kParameter}};
    c.op = [](const Tensors& in) { return Tensors{ops::gated_rms_norm(in[0], in[1], in[2])}; };
    c.plain = [](const Tensors& in) {
        return Tensors{plain::rms_norm(in[0] * plain::silu(in[1]), in[2])};
    };
    c.central_differences = small(shape);
    c.bfloat16 = true;
    return c;
}

OpCase swiglu_case(Shape shape) {
    OpCase c;
    c.name = named("swiglu", shape);
    c.operands = {{random_numbers({shape.rows, 2 * shape.width}, 1)}};
    c.op = [](const Tensors& in) { return Tensors{ops::swiglu(in[0])}; };
    c.plain = [](const Tensors& in) { return Tensors{plain::swiglu(in[0])}; };
    c.central_differences = small(shape);
    c.bfloat16 = true;
    return c;
}

}  // namespace

TEST_CASE("linear", "[ops][quick]") {
    std::vector<OpCase> cases;
    for (const auto shape : shapes()) {
        for (const bool with_bias : {false, true}) cases.push_back(linear_case(shape, with_bias));
    }
    check_cases(cases);
}

TEST_CASE("linear: a row's bits do not depend on the rows beside it", "[ops][quick]") {
    const auto x = random_numbers({600, 64}, 1).to(at::kFloat);
    const auto weight = random_numbers({48, 64}, 2).to(at::kFloat);
    const auto bias = random_numbers({48}, 3).to(at::kFloat);
    const int before = at::get_num_threads();
    const auto whole = ops::linear(x, weight, bias);
    // Threads share a small product in blocks of rows: the last block is the one at risk.
    for (const int threads : {1, 2, 3, 8, 16}) {
        at::set_num_threads(threads);
        for (std::int64_t rows = 1; rows <= 70; ++rows) {
            INFO(rows << " rows, " << threads << " threads");
            CHECK(at::equal(ops::linear(x.narrow(0, 0, rows), weight, bias),
                            whole.narrow(0, 0, rows)));
        }
    }
    at::set_num_threads(before);
}

TEST_CASE("linear: few rows of any width have the bits that they have among many", "[ops][quick]") {
    const int before = at::get_num_threads();
    at::set_num_threads(1);  // as in scoring, where every thread runs batches of its own
    for (const std::int64_t width : {16, 32, 48, 64, 96, 128, 256, 512, 1024, 1376, 2048}) {
        const auto x = random_numbers({600, width}, 1).to(at::kFloat);
        const auto weight = random_numbers({24, width}, 2).to(at::kFloat);
        const auto whole = ops::linear(x, weight);
        for (std::int64_t rows = 1; rows <= 40; ++rows) {
            INFO(rows << " rows of width " << width);
            CHECK(at::equal(ops::linear(x.narrow(0, 0, rows), weight), whole.narrow(0, 0, rows)));
        }
    }
    at::set_num_threads(before);
}

TEST_CASE("add_rms_norm", "[ops][quick]") {
    std::vector<OpCase> cases;
    for (const auto shape : shapes()) {
        for (const bool with_residual : {false, true}) {
            cases.push_back(add_rms_norm_case(shape, with_residual));
        }
    }
    check_cases(cases);
}

TEST_CASE("add_rms_norm: number types, zero rows, one output used", "[ops][quick]") {
    const auto x = random_numbers({3, 8}, 1).to(at::kBFloat16);
    const auto residual = random_numbers({3, 8}, 2).to(at::kFloat);
    const auto weight = at::ones({8});
    const auto result = ops::add_rms_norm(x, residual, weight);
    CHECK(result.normed_TD.scalar_type() == at::kBFloat16);
    CHECK(result.residual_TD.scalar_type() == at::kFloat);
    CHECK(at::equal(result.residual_TD, x.to(at::kFloat) + residual));

    // The epsilon stands inside the root: a row of zeros stays zero, and its gradient is finite.
    auto zeros = at::zeros({2, 8}).requires_grad_(true);
    const auto y = ops::add_rms_norm(zeros, {}, weight).normed_TD;
    CHECK(y.eq(0).all().item<bool>());
    y.sum().backward();
    CHECK(squared_error(zeros.grad(), at::full({2, 8}, 1 / std::sqrt(ops::kNormEpsilon))) < 1e-10);

    // Only the residual goes on (a last layer): its gradient passes unchanged.
    auto leaf = random_numbers({3, 8}, 3).to(at::kFloat).requires_grad_(true);
    ops::add_rms_norm(leaf, residual, weight).residual_TD.sum().backward();
    CHECK(leaf.grad().eq(1).all().item<bool>());
}

TEST_CASE("gated_rms_norm", "[ops][quick]") {
    std::vector<OpCase> cases;
    for (const auto shape : shapes()) cases.push_back(gated_rms_norm_case(shape));
    check_cases(cases);
}

TEST_CASE("swiglu", "[ops][quick]") {
    std::vector<OpCase> cases;
    for (const auto shape : shapes()) cases.push_back(swiglu_case(shape));
    check_cases(cases);
    const auto half = ops::swiglu(random_numbers({3, 8}, 1).to(at::kBFloat16));
    CHECK(half.scalar_type() == at::kBFloat16);
    // Far out SiLU is 0 or the identity, and nothing overflows.
    const auto far = at::tensor({2.0F, 3.0F, -1000.0F, 1000.0F}).view({1, 4});
    CHECK(squared_error(ops::swiglu(far), at::tensor({0.0F, 3000.0F}).view({1, 2})) == 0);
}

}  // namespace dna_hnet::test
