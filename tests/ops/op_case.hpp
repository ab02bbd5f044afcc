#pragma once
// One case of one operation, and everything that is demanded of it. A table of cases per operation
// drives all of these:
//
//   - value and gradients of the operation, in float32 and in float64, against the plain
//     formulation in float64 (support/plain_ops);
//   - operands that are views: of a flat buffer between sentinels, and with odd strides. Neither
//     the operands nor what surrounds them may change;
//   - gradients by central differences in float64 (small cases);
//   - all threads against one, from 256 rows on;
//   - bfloat16 activations (where the contract speaks of "the dtype of x");
//   - CUDA against the CPU, where there is a CUDA device.
//
// Errors are measured as squared error over squared size (so that one limit fits all magnitudes),
// numbers around 1 being assumed: below a root mean square of 0.1 they count as absolute.
#include <ATen/core/Tensor.h>

#include <functional>
#include <string>
#include <vector>

#include "ops/packing.hpp"

namespace dna_hnet::test {

using Tensors = std::vector<at::Tensor>;
using Lengths = std::vector<std::int64_t>;

enum class Role {
    kActivation,  // takes a gradient; bfloat16 in a bfloat16 run
    kParameter,   // takes a gradient; float32 in a bfloat16 run
    kFixed        // takes none: a state, a mask, an index
};
struct Operand {
    at::Tensor value;  // float64, bool or int64, on the CPU
    Role role = Role::kActivation;
};

struct OpCase {
    std::string name;
    std::vector<Operand> operands;
    // Operands in, outputs out. Both give the same outputs in the same order, undefined where there
    // is none; an output takes part in the gradients where the plain one requires a gradient.
    std::function<Tensors(const Tensors&)> op, plain;
    bool central_differences = false;
    bool bfloat16 = false;
};

// What is wrong, one line each: which run, which output or gradient, the error and its limit.
// Empty when all is well.
std::vector<std::string> problems(const OpCase& op_case);
// The same for a whole table, as failures of the running test.
void check_cases(const std::vector<OpCase>& cases);

// sum((got - expected)^2) / max(sum(expected^2), count / 100); infinite where shapes differ or
// `got` has a NaN or an infinity.
double squared_error(const at::Tensor& got, const at::Tensor& expected);

bool has_cuda();

// One thread until the end of the scope: operations of a few tokens are too small to share.
class OneThread {
  public:
    OneThread();
    ~OneThread();
    OneThread(const OneThread&) = delete;
    OneThread& operator=(const OneThread&) = delete;
    int before() const { return before_; }

  private:
    int before_;
};

// Standard normal numbers in float64 that are float32 and bfloat16 numbers too; the same for the
// same seed.
at::Tensor random_numbers(const std::vector<std::int64_t>& shape, std::uint64_t seed);
// The same, uniform in [low, high].
at::Tensor random_between(double low, double high, const std::vector<std::int64_t>& shape,
                          std::uint64_t seed);
std::int64_t sum_of(const Lengths& lengths);
std::string name_of(const Lengths& lengths);  // "3+0+2"

// Packings for the tables. Short ones hold at most 65 tokens a sequence; long ones go to 1134.
std::vector<Lengths> short_packings();
std::vector<Lengths> long_packings();

// The sequences of a packing cut at random places into `count` consecutive segments, some of them
// empty.
struct Segment {
    Lengths lengths;          // per sequence
    Lengths first_positions;  // per sequence
    at::Tensor rows;          // int64, rows of the whole packing
};
std::vector<Segment> random_segments(const Lengths& lengths, std::int64_t count,
                                     std::uint64_t seed);

}  // namespace dna_hnet::test
