// The harness of the operation tests finds what it is there to find.
#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

#include <cstdio>

#include "op_case.hpp"
#include "support/test.hpp"

namespace dna_hnet::test {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

OpCase square(std::function<Tensors(const Tensors&)> op) {
    OpCase op_case;
    op_case.name = "square";
    op_case.operands = {{random_numbers({3, 2}, 1)}};
    op_case.op = std::move(op);
    op_case.plain = [](const Tensors& in) { return Tensors{in[0] * in[0]}; };
    op_case.central_differences = true;
    op_case.bfloat16 = true;
    return op_case;
}

// Whether one of the problems of `op_case` speaks of `part`.
bool finds(const OpCase& op_case, const std::string& part) {
    bool found = false;
    for (const auto& problem : problems(op_case)) found = found || contains(problem, part);
    return found;
}

class WrongBackward : public torch::autograd::Function<WrongBackward> {
  public:
    static at::Tensor forward(AutogradContext* context, const at::Tensor& x) {
        context->save_for_backward({x});
        return x * x;
    }
    static variable_list backward(AutogradContext* context, variable_list grads) {
        return {grads[0] * context->get_saved_variables()[0] * 2.001};
    }
};

}  // namespace

TEST_CASE("the harness accepts a right operation", "[ops][quick]") {
    CHECK(problems(square([](const Tensors& in) { return Tensors{in[0].square()}; })).empty());
}

TEST_CASE("the harness refuses wrong operations", "[ops][quick]") {
    const auto wrong_value =
        square([](const Tensors& in) { return Tensors{in[0].square() * 1.0001}; });
    CHECK(finds(wrong_value, "float32 output 0: squared error"));
    CHECK(finds(wrong_value, "float64 gradient 0: squared error"));

    const auto wrong_gradient =
        square([](const Tensors& in) { return Tensors{WrongBackward::apply(in[0])}; });
    CHECK_FALSE(finds(wrong_gradient, "output 0"));
    CHECK(finds(wrong_gradient, "float32 gradient 0: squared error"));
    CHECK(finds(wrong_gradient, "central differences 0: squared error"));

    const auto rounds = square([](const Tensors& in) {
        return Tensors{((in[0].to(at::kFloat) / 3).square() * 9).to(in[0].scalar_type())};
    });
    CHECK(finds(rounds, "float64 output 0: squared error"));
    CHECK_FALSE(finds(rounds, "float32 output 0"));

    CHECK(finds(square([](const Tensors& in) { return Tensors{in[0].square() / 0}; }),
                "squared error inf"));
    CHECK(finds(square([](const Tensors& in) { return Tensors{in[0].square().narrow(0, 0, 2)}; }),
                "squared error inf"));
    CHECK(finds(square([](const Tensors& in) { return Tensors{in[0].detach().square()}; }),
                "takes no gradient, expected one"));
    CHECK(finds(square([](const Tensors&) { return Tensors{at::Tensor()}; }),
                "undefined, expected defined"));
    CHECK(finds(square([](const Tensors&) { return Tensors{}; }), "output: 0, expected 1"));
}

TEST_CASE("the harness sees writes to operands and around them", "[ops][quick]") {
    const std::string changed = "float32 operand 0: changed by the operation";
    const auto writes_operand = square([](const Tensors& in) {
        auto result = in[0].clone().square();
        in[0].detach().mul_(1.5);
        return Tensors{result};
    });
    CHECK(finds(writes_operand, changed));
    auto writes_behind = square([](const Tensors& in) {
        const auto data = in[0].detach();
        data.as_strided({1}, {1}, data.storage_offset() + data.numel()).fill_(0);
        return Tensors{in[0].square()};
    });
    writes_behind.central_differences = false;  // these have no room behind their operands
    CHECK(finds(writes_behind, changed));
}

TEST_CASE("random cuts cover every token once", "[ops][quick]") {
    const Lengths lengths = {5, 0, 70, 1};
    auto times = at::zeros({sum_of(lengths)}, at::kLong);
    Lengths next(lengths.size(), 0);
    for (const auto& segment : random_segments(lengths, 4, 3)) {
        times.index_add_(0, segment.rows, at::ones_like(segment.rows));
        CHECK(segment.first_positions == next);
        for (std::size_t i = 0; i < next.size(); ++i) next[i] += segment.lengths[i];
    }
    CHECK(next == lengths);
    CHECK(times.eq(1).all().item<bool>());
}

TEST_CASE("operations on CUDA", "[ops][quick]") {
    // Every case of every table runs there too; see problems().
    if (!has_cuda()) std::puts("skipped: no CUDA device");
    CHECK(has_cuda() == at::hasCUDA());
}

}  // namespace dna_hnet::test
