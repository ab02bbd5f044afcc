// What runs beside a sequence cannot change it, and the rows of a state are independent.
#include "fixtures.hpp"
#include "support/test.hpp"

namespace dna_hnet::laws {
namespace {

constexpr double kTolerance = 1e-5;

struct Batch {
    std::vector<at::Tensor> tokens;
    std::vector<std::int64_t> lengths;
};

Batch random_batch(std::uint64_t seed) {
    Batch batch;
    for (const std::int64_t length : {64, 1, 300, 129, 2, 65, 777, 3}) {
        batch.tokens.push_back(random_tokens(length, seed + static_cast<std::uint64_t>(length)));
        batch.lengths.push_back(length);
    }
    return batch;
}

TEST_CASE("a sequence in a batch equals the sequence alone, bit for bit") {
    const at::NoGradGuard guard;
    for (const auto& [name, json] : models()) {
        const auto model = random_model(json, 21);
        const Batch batch = random_batch(100);
        const auto packed =
            model->forward(at::cat(batch.tokens), ops::make_packing(batch.lengths, at::kCPU), {});
        std::int64_t begin = 0;
        for (std::size_t i = 0; i < batch.tokens.size(); ++i) {
            INFO(name << ", sequence of " << batch.lengths[i]);
            const auto alone = model->forward(batch.tokens[i],
                                              ops::make_packing({batch.lengths[i]}, at::kCPU), {});
            const auto part = packed.logits_TV.narrow(0, begin, batch.lengths[i]);
            const auto prob = packed.stages[0].prob_T.narrow(0, begin, batch.lengths[i]);
            CHECK(largest(alone.logits_TV - part) < kTolerance);
            CHECK(at::equal(alone.stages[0].prob_T, prob));
            CHECK(at::equal(alone.logits_TV, part));
            begin += batch.lengths[i];
        }
    }
}

TEST_CASE("an empty sequence changes neither its state nor its neighbours") {
    const at::NoGradGuard guard;
    for (const auto& [name, json] : models()) {
        INFO(name);
        const auto model = random_model(json, 22);
        const auto first = random_tokens(200, 1), second = random_tokens(120, 2);
        auto state = model->empty_state(2);
        model::ForwardOptions options;
        options.state = &state;
        model->forward(at::cat({first, second}), ops::make_packing({200, 120}, at::kCPU), options);
        const auto more = random_tokens(51, 3).slice(0, 1);
        auto alone = state.select({0});
        auto beside = state;
        options.state = &beside;
        const auto packed = model->forward(more, ops::make_packing({50, 0}, at::kCPU), options);
        options.state = &alone;
        const auto single = model->forward(more, ops::make_packing({50}, at::kCPU), options);
        CHECK(at::equal(packed.logits_TV, single.logits_TV));
        CHECK(beside.stages[0].positions == std::vector<std::int64_t>{250, 120});
        const auto untouched = beside.select({1}), before = state.select({1});
        CHECK(at::equal(untouched.stages[0].router_last_ND, before.stages[0].router_last_ND));
        CHECK(at::equal(untouched.stages[0].smoothed_last_ND, before.stages[0].smoothed_last_ND));
    }
}

TEST_CASE("states are selected, repeated and joined by sequence") {
    const at::NoGradGuard guard;
    for (const auto& [name, json] : models()) {
        INFO(name);
        const auto model = random_model(json, 23);
        auto state = model->empty_state(3);
        model::ForwardOptions options;
        options.state = &state;
        model->forward(
            at::cat({random_tokens(100, 1), random_tokens(70, 2), random_tokens(130, 3)}),
            ops::make_packing({100, 70, 130}, at::kCPU), options);
        const auto more = random_tokens(31, 4).slice(0, 1);
        const auto continued = [&](model::ModelState rows) {
            options.state = &rows;
            const auto count = rows.sequences();
            return model
                ->forward(more.repeat({count}),
                          ops::make_packing(std::vector<std::int64_t>(count, 30), at::kCPU),
                          options)
                .logits_TV.view({count, 30, -1});
        };
        const auto all = continued(state);
        CHECK(largest(all[0] - all[1]) > 1e-3);  // the states differ, or this test says nothing
        CHECK(at::equal(continued(state.select({2, 0, 2})), at::stack({all[2], all[0], all[2]})));
        CHECK(at::equal(continued(state.repeat(2)), at::cat({all, all})));
        const auto last = state.select({2}), front = state.select({0, 1});
        const auto joined = model::ModelState::concat({&last, &front});
        CHECK(at::equal(continued(joined), at::stack({all[2], all[0], all[1]})));
    }
}

}  // namespace
}  // namespace dna_hnet::laws
