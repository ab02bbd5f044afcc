// Token loss and ratio loss.
#include <ATen/ATen.h>

#include <cmath>

#include "op_case.hpp"
#include "ops/token_loss.hpp"
#include "support/plain_ops.hpp"
#include "support/test.hpp"

namespace dna_hnet::test {
namespace {

at::Tensor random_targets(std::int64_t tokens, std::int64_t classes) {
    return random_between(0, static_cast<double>(classes) - 0.01, {tokens}, 7)
        .floor()
        .clamp_max(static_cast<double>(classes - 1))
        .to(at::kLong);
}

OpCase nats_case(std::int64_t tokens, std::int64_t classes) {
    OpCase c;
    c.name = "token_nats " + std::to_string(tokens) + "x" + std::to_string(classes);
    c.operands = {{random_numbers({tokens, classes}, 1)},
                  {random_targets(tokens, classes), Role::kFixed}};
    c.op = [](const Tensors& in) { return Tensors{ops::token_nats(in[0], in[1])}; };
    c.plain = [](const Tensors& in) { return Tensors{plain::token_nats(in[0], in[1])}; };
    c.central_differences = tokens * classes <= 64;
    c.bfloat16 = true;
    return c;
}

OpCase loss_case(std::int64_t tokens, std::int64_t classes) {
    OpCase c = nats_case(tokens, classes);
    c.name = "token_loss " + std::to_string(tokens) + "x" + std::to_string(classes);
    c.operands.push_back({random_between(0, 1, {tokens}, 8), Role::kFixed});
    const double total = static_cast<double>(tokens) + 0.5;
    c.op = [total](const Tensors& in) {
        return Tensors{ops::token_loss(in[0], in[1], in[2], total)};
    };
    c.plain = [total](const Tensors& in) {
        return Tensors{(plain::token_nats(in[0], in[1]) * in[2]).sum() / total};
    };
    return c;
}

std::vector<bool> every(std::int64_t tokens, std::int64_t step) {
    std::vector<bool> mask(static_cast<std::size_t>(tokens));
    for (std::int64_t t = 0; t < tokens; t += step) mask[static_cast<std::size_t>(t)] = true;
    return mask;
}

at::Tensor as_tensor(const std::vector<bool>& mask) {
    auto tensor = at::zeros({static_cast<std::int64_t>(mask.size())}, at::kBool);
    for (std::size_t t = 0; t < mask.size(); ++t) tensor.data_ptr<bool>()[t] = mask[t];
    return tensor;
}

OpCase ratio_case(std::int64_t tokens, double target_ratio) {
    const auto mask = every(tokens, 4);
    OpCase c;
    c.name = "ratio_loss " + std::to_string(tokens) + " N " + std::to_string(target_ratio);
    c.operands = {{random_between(0.01, 0.99, {tokens}, 1), Role::kParameter},
                  {as_tensor(mask), Role::kFixed}};
    c.op = [=](const Tensors& in) { return Tensors{ops::ratio_loss(in[0], in[1], target_ratio)}; };
    c.plain = [=](const Tensors& in) {
        return Tensors{plain::ratio_loss(in[0], mask, target_ratio)};
    };
    c.central_differences = tokens <= 65;
    return c;
}

}  // namespace

TEST_CASE("token_nats and token_loss", "[ops][quick]") {
    std::vector<OpCase> cases;
    for (const std::int64_t tokens : {0, 1, 2, 3, 31, 32, 33, 63, 64, 65, 257, 1134}) {
        for (const std::int64_t classes : {1, 8, 256}) {
            cases.push_back(nats_case(tokens, classes));
            cases.push_back(loss_case(tokens, classes));
        }
    }
    check_cases(cases);
}

TEST_CASE("token_nats: known values, large logits", "[ops][quick]") {
    const auto target = at::tensor({2, 0}, at::kLong);
    const auto even = ops::token_nats(at::zeros({2, 8}), target);
    CHECK(squared_error(even, at::full({2}, std::log(8.0))) < 1e-13);
    // A weight of 0 (padding, N) leaves neither loss nor gradient.
    auto logits = random_numbers({2, 8}, 1).to(at::kFloat).requires_grad_(true);
    const auto loss = ops::token_loss(logits, target, at::zeros({2}), 5);
    loss.backward();
    CHECK(loss.item<double>() == 0);
    CHECK(logits.grad().eq(0).all().item<bool>());
    const auto large = at::tensor({1e4F, -1e4F, 0.0F, 0.0F, 0.0F, 1e4F}).view({2, 3});
    const auto nats = ops::token_nats(large, at::tensor({0, 0}, at::kLong));
    CHECK(squared_error(nats, at::tensor({0.0F, 1e4F})) < 1e-13);
}

TEST_CASE("token_loss: parts of a step add up to the whole", "[ops][quick]") {
    const auto logits = random_numbers({65, 8}, 1), weight = random_between(0, 1, {65}, 8);
    const auto target = random_targets(65, 8);
    const double whole = ops::token_loss(logits, target, weight, 40).item<double>();
    double sum = 0;
    for (const auto& [begin, count] : {std::pair{0, 20}, std::pair{20, 45}}) {
        sum += ops::token_loss(logits.narrow(0, begin, count), target.narrow(0, begin, count),
                               weight.narrow(0, begin, count), 40)
                   .item<double>();
    }
    CHECK(sum == Approx(whole).epsilon(1e-12));
}

TEST_CASE("ratio_loss", "[ops][quick]") {
    std::vector<OpCase> cases;
    for (const std::int64_t tokens : {1, 2, 3, 31, 32, 33, 63, 64, 65, 129, 257, 1134}) {
        for (const double target_ratio : {1.5, 3.0, 6.0}) {
            cases.push_back(ratio_case(tokens, target_ratio));
        }
    }
    check_cases(cases);
}

TEST_CASE("ratio_loss: check values", "[ops][quick]") {
    struct Value {
        double N, F, G, loss, tolerance;
    };
    for (const auto& [N, F, G, loss, tolerance] :
         std::vector<Value>{{3, 1.0 / 3, 1.0 / 3, 1.0, 1e-6},
                            {3, 0.5, 0.5, 1.125, 1e-6},
                            {3, 1, 1, 3.0, 1e-6},
                            {3, 0.02, 0.02, 1.4418, 5e-5},
                            {3, 0.383, 0.283, 0.9888, 5e-5},
                            {6, 1.0 / 6, 1.0 / 6, 1.0, 1e-6},
                            {6, 0.5, 0.5, 1.8, 1e-6},
                            {6, 1, 1, 6.0, 1e-6}}) {
        INFO("N " << N << ", F " << F << ", G " << G);
        constexpr std::int64_t kTokens = 3000;
        auto mask = at::zeros({kTokens}, at::kBool);
        mask.narrow(0, 0, std::lround(F * kTokens)).fill_(true);
        auto prob = at::full({kTokens}, G).requires_grad_(true);
        const auto got = ops::ratio_loss(prob, mask, N);
        CHECK(std::abs(got.item<double>() - loss) <= tolerance);
        // F takes no gradient; G takes N/(N-1) (N F - 1), shared by all tokens.
        got.backward();
        const double slope = N / (N - 1) * (N * F - 1) / kTokens;
        CHECK(std::abs(prob.grad()[7].item<double>() - slope) <= 1e-9);
    }
}

}  // namespace dna_hnet::test
