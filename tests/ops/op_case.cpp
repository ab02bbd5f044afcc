#include "op_case.hpp"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <fmt/format.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <limits>

#include "support/test.hpp"

namespace dna_hnet::test {
namespace {

constexpr double kFloat32Limit = 1e-10, kFloat64Limit = 1e-22, kBFloat16Limit = 1e-4;
constexpr double kDifferencesLimit = 1e-14;
constexpr double kStep = 1e-5;
constexpr std::int64_t kMargin = 1024;
constexpr double kSentinel = 12345.5;

// From this many rows on the float32 run takes all threads. Everything else runs on one: most cases
// are too small to share.
constexpr std::int64_t kSharedRows = 256;

enum class Layout { kFlat, kStrided };

// An operand as a view into a buffer of sentinels, and a copy of that buffer.
class Guarded {
  public:
    Guarded(const at::Tensor& value, Layout layout) {
        const auto options = value.options();
        const std::int64_t last = value.dim() > 0 ? value.size(-1) : 0;
        if (layout == Layout::kFlat || value.dim() == 0) {
            buffer_ = at::full({value.numel() + 2 * kMargin}, kSentinel, options);
            view_ = buffer_.narrow(0, kMargin, value.numel()).view(value.sizes());
        } else if (value.dim() == 1) {
            buffer_ = at::full({last, 2}, kSentinel, options);
            view_ = buffer_.select(1, 0);
        } else {
            auto shape = value.sizes().vec();
            shape.back() += 3;
            buffer_ = at::full(shape, kSentinel, options);
            view_ = buffer_.narrow(-1, 1, last);
        }
        view_.copy_(value);
        before_ = buffer_.clone();
    }
    const at::Tensor& view() const { return view_; }
    bool unchanged() const { return at::equal(buffer_, before_); }

  private:
    at::Tensor buffer_, view_, before_;
};

struct Run {
    Tensors outputs, gradients;
    std::vector<std::size_t> changed;  // operands that the operation wrote to
};

// A scalar that depends on every output that takes part: their products with fixed random numbers,
// summed. Undefined when none takes part.
at::Tensor projection(const Tensors& outputs, const std::vector<bool>& takes_part) {
    at::Tensor sum;
    for (std::size_t i = 0; i < outputs.size(); ++i) {
        if (i >= takes_part.size() || !takes_part[i] || !outputs[i].defined()) continue;
        const auto weights = random_numbers(outputs[i].sizes().vec(), 1000 + i)
                                 .to(outputs[i].device(), outputs[i].scalar_type());
        const auto part = (outputs[i] * weights).sum();
        sum = sum.defined() ? sum + part : part;
    }
    return sum;
}

std::vector<bool> differentiable(const Tensors& outputs) {
    std::vector<bool> takes_part;
    for (const auto& output : outputs) {
        takes_part.push_back(output.defined() && output.requires_grad() && output.numel() > 0);
    }
    return takes_part;
}

struct Setting {
    at::ScalarType activations, others;
    Layout layout;
    at::Device device = at::kCPU;
};

Run evaluate(const OpCase& op_case, const std::function<Tensors(const Tensors&)>& function,
             const Setting& setting) {
    std::vector<Guarded> guards;
    Tensors leaves;
    for (const auto& [value, role] : op_case.operands) {
        auto placed = value.to(setting.device);
        if (value.is_floating_point()) {
            placed = placed.to(role == Role::kActivation ? setting.activations : setting.others);
        }
        guards.emplace_back(placed, value.is_floating_point() ? setting.layout : Layout::kFlat);
        leaves.push_back(guards.back().view().detach());
        leaves.back().requires_grad_(role != Role::kFixed);
    }
    Run run;
    run.outputs = function(leaves);
    const auto sum = projection(run.outputs, differentiable(run.outputs));
    if (sum.defined()) sum.backward();
    for (std::size_t i = 0; i < leaves.size(); ++i) {
        const bool takes_gradient = op_case.operands[i].role != Role::kFixed;
        run.gradients.push_back(!takes_gradient              ? at::Tensor()
                                : leaves[i].grad().defined() ? leaves[i].grad()
                                                             : at::zeros_like(leaves[i]));
        if (!guards[i].unchanged()) run.changed.push_back(i);
    }
    return run;
}

void compare(const Tensors& got, const Tensors& expected, double limit, const std::string& what,
             std::vector<std::string>& found) {
    if (got.size() != expected.size()) {
        found.push_back(fmt::format("{}: {}, expected {}", what, got.size(), expected.size()));
        return;
    }
    for (std::size_t i = 0; i < got.size(); ++i) {
        if (got[i].defined() != expected[i].defined()) {
            found.push_back(fmt::format("{} {}: {}, expected {}", what, i,
                                        got[i].defined() ? "defined" : "undefined",
                                        expected[i].defined() ? "defined" : "undefined"));
        } else if (got[i].defined()) {
            const double error = squared_error(got[i], expected[i]);
            if (error <= limit) continue;
            found.push_back(fmt::format("{} {}: squared error {:.3g}, expected at most {:.3g}",
                                        what, i, error, limit));
        }
    }
}

void compare_runs(const Run& got, const Run& expected, double limit, const std::string& run,
                  std::vector<std::string>& found) {
    compare(got.outputs, expected.outputs, limit, run + " output", found);
    compare(got.gradients, expected.gradients, limit, run + " gradient", found);
    for (const std::size_t i : got.changed) {
        found.push_back(fmt::format("{} operand {}: changed by the operation", run, i));
    }
    for (std::size_t i = 0; i < std::min(got.outputs.size(), expected.outputs.size()); ++i) {
        const auto &a = got.outputs[i], &b = expected.outputs[i];
        if (!a.defined() || !b.defined() || a.numel() == 0) continue;
        if (a.requires_grad() == b.requires_grad()) continue;
        found.push_back(fmt::format("{} output {}: {} gradient, expected {}", run, i,
                                    a.requires_grad() ? "takes a" : "takes no",
                                    b.requires_grad() ? "one" : "none"));
    }
}

// Gradients of the operation by central differences.
Tensors by_differences(const OpCase& op_case, const std::vector<bool>& takes_part) {
    const at::NoGradGuard no_grad;
    Tensors values, gradients;
    for (const auto& operand : op_case.operands) values.push_back(operand.value.clone());
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (op_case.operands[i].role == Role::kFixed) {
            gradients.emplace_back();
            continue;
        }
        gradients.push_back(at::zeros_like(values[i]));
        auto *value = values[i].data_ptr<double>(), *gradient = gradients[i].data_ptr<double>();
        for (std::int64_t k = 0; k < values[i].numel(); ++k) {
            const double centre = value[k];
            const auto at_step = [&](double step) {
                value[k] = centre + step;
                const auto sum = projection(op_case.op(values), takes_part);
                return sum.defined() ? sum.item<double>() : 0.0;
            };
            const double above = at_step(kStep), below = at_step(-kStep);
            value[k] = centre;
            gradient[k] = (above - below) / (2 * kStep);
        }
    }
    return gradients;
}

}  // namespace

double squared_error(const at::Tensor& got, const at::Tensor& expected) {
    constexpr double kInfinite = std::numeric_limits<double>::infinity();
    if (got.sizes() != expected.sizes()) return kInfinite;
    if (got.numel() == 0) return 0;
    const auto a = got.detach().to(at::kCPU, at::kDouble),
               b = expected.detach().to(at::kCPU, at::kDouble);
    if (!a.isfinite().all().item<bool>()) return kInfinite;
    const double size =
        std::max(b.square().sum().item<double>(), 0.01 * static_cast<double>(b.numel()));
    return (a - b).square().sum().item<double>() / size;
}

OneThread::OneThread() : before_(at::get_num_threads()) {
    at::set_num_threads(1);
}

OneThread::~OneThread() {
    at::set_num_threads(before_);
}

bool has_cuda() {
    return at::hasCUDA();
}

std::vector<std::string> problems(const OpCase& op_case) {
    const OneThread one_thread;
    std::vector<std::string> found;
    const Setting exact{at::kDouble, at::kDouble, Layout::kStrided};
    const Setting single{at::kFloat, at::kFloat, Layout::kFlat};
    const Run plain = evaluate(op_case, op_case.plain, exact);
    const Run float64 = evaluate(op_case, op_case.op, exact);
    const bool shared = op_case.operands[0].value.size(0) >= kSharedRows;
    if (shared) at::set_num_threads(one_thread.before());
    const Run float32 = evaluate(op_case, op_case.op, single);
    at::set_num_threads(1);
    compare_runs(float64, plain, kFloat64Limit, "float64", found);
    compare_runs(float32, plain, kFloat32Limit, "float32", found);
    if (op_case.bfloat16) {
        const Run bfloat16 =
            evaluate(op_case, op_case.op, {at::kBFloat16, at::kFloat, Layout::kFlat});
        compare_runs(bfloat16, plain, kBFloat16Limit, "bfloat16", found);
    }
    if (op_case.central_differences) {
        compare(by_differences(op_case, differentiable(plain.outputs)), float64.gradients,
                kDifferencesLimit, "central differences", found);
    }
    if (has_cuda()) {
        const Run cuda = evaluate(op_case, op_case.op,
                                  {at::kFloat, at::kFloat, Layout::kFlat, at::Device(at::kCUDA)});
        compare_runs(cuda, float32, kFloat32Limit, "CUDA", found);
    }
    return found;
}

void check_cases(const std::vector<OpCase>& cases) {
    REQUIRE_FALSE(cases.empty());
    for (const auto& op_case : cases) {
        const auto found = problems(op_case);
        for (const auto& problem : found) FAIL_CHECK(op_case.name << ": " << problem);
        CHECK(found.empty());
    }
}

}  // namespace dna_hnet::test
