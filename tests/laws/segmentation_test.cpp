// Forward is also step: any cutting of a sequence, with the state carried, gives what the whole
// gives.
#include <iostream>

#include "fixtures.hpp"
#include "support/test.hpp"

namespace dna_hnet::laws {
namespace {

constexpr double kTolerance = 1e-5;

Run run_whole(model::LanguageModelImpl& model, const at::Tensor& tokens) {
    const auto output = model.forward(tokens, ops::make_packing({tokens.size(0)}, at::kCPU), {});
    Run run{output.logits_TV, {}, {}};
    for (const auto& stage : output.stages) {
        run.prob.push_back(stage.prob_T);
        run.mask.push_back(stage.mask_T);
    }
    return run;
}

// Reads the tokens in segments that end at `cuts`; with `replay` under the decisions of that run.
Run run_segments(model::LanguageModelImpl& model, const at::Tensor& tokens,
                 const std::vector<std::int64_t>& cuts, const Run* replay) {
    auto state = model.empty_state(1);
    std::vector<at::Tensor> logits;
    std::vector<std::vector<at::Tensor>> prob(model.config.stages.size() - 1), mask = prob;
    std::vector<std::int64_t> read(prob.size(), 0);  // tokens of each stage that were read
    std::int64_t begin = 0;
    for (const std::int64_t end : cuts) {
        std::vector<at::Tensor> forced;
        std::int64_t length = end - begin;
        for (std::size_t s = 0; replay && s < prob.size(); ++s) {
            forced.push_back(replay->mask[s].narrow(0, read[s], length));
            read[s] += length;
            length = forced.back().sum().item<std::int64_t>();
        }
        model::ForwardOptions options;
        options.state = &state;
        if (replay) options.forced = &forced;
        const auto output = model.forward(tokens.narrow(0, begin, end - begin),
                                          ops::make_packing({end - begin}, at::kCPU), options);
        logits.push_back(output.logits_TV);
        for (std::size_t s = 0; s < prob.size(); ++s) {
            prob[s].push_back(output.stages[s].prob_T);
            mask[s].push_back(output.stages[s].mask_T);
        }
        begin = end;
    }
    Run run{at::cat(logits), {}, {}};
    for (std::size_t s = 0; s < prob.size(); ++s) {
        run.prob.push_back(at::cat(prob[s]));
        run.mask.push_back(at::cat(mask[s]));
    }
    return run;
}

// Sorted, with neighbours that coincide (an empty segment) or lie one apart (a single token).
std::vector<std::int64_t> random_cuts(std::int64_t length, std::uint64_t seed) {
    Random random(seed, 3);
    std::vector<std::int64_t> cuts;
    for (int i = 0; i < 12; ++i) {
        const auto cut =
            static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(length)));
        cuts.push_back(cut);
        if (random.chance(0.4)) cuts.push_back(cut);
        if (random.chance(0.4)) cuts.push_back(cut + 1);
    }
    cuts.push_back(length);
    std::sort(cuts.begin(), cuts.end());
    return cuts;
}

// Returns the decisions that lie within 1e-5 of 0.5, in all stages.
std::int64_t require_equal(const Run& whole, const Run& cut) {
    std::int64_t near = 0;
    REQUIRE(whole.logits.sizes() == cut.logits.sizes());
    CHECK(largest(whole.logits - cut.logits) < kTolerance);
    for (std::size_t s = 0; s < whole.prob.size(); ++s) {
        REQUIRE(whole.prob[s].sizes() == cut.prob[s].sizes());
        const auto decisions = compare_decisions(whole.prob[s], cut.prob[s]);
        INFO("stage " << s << ": " << decisions.near << " decisions within 1e-5 of 0.5");
        CHECK(decisions.differ == 0);
        near += decisions.near;
    }
    return near;
}

TEST_CASE("a sequence in segments with carried state equals the whole") {
    const at::NoGradGuard guard;
    std::int64_t near = 0;
    for (const auto& [name, json] : models()) {
        const auto model = random_model(json, 11);
        for (std::uint64_t seed = 1; seed <= 4; ++seed) {
            INFO(name << ", seed " << seed);
            const auto tokens = random_tokens(700 + 61 * static_cast<std::int64_t>(seed), seed);
            const Run whole = run_whole(*model, tokens);
            const auto rate = whole.mask[0].to(at::kFloat).mean().item<double>();
            REQUIRE(rate > 0.1);
            REQUIRE(rate < 0.9);
            const auto cuts = random_cuts(tokens.size(0), seed);
            near += require_equal(whole, run_segments(*model, tokens, cuts, &whole));
            // Without replay the outermost decisions, which nothing inside can move, agree as well.
            const Run free = run_segments(*model, tokens, cuts, nullptr);
            const auto decisions = compare_decisions(whole.prob[0], free.prob[0]);
            INFO(decisions.near << " decisions within 1e-5 of 0.5");
            CHECK(decisions.differ == 0);
        }
    }
    std::cout << "decisions within 1e-5 of p = 0.5: " << near << '\n';
}

TEST_CASE("a sequence token by token equals the whole", "[quick]") {
    const at::NoGradGuard guard;
    for (const auto& [name, json] : models()) {
        INFO(name);
        const auto model = random_model(json, 12);
        const auto tokens = random_tokens(150, 5);
        std::vector<std::int64_t> cuts;
        for (std::int64_t i = 1; i <= tokens.size(0); ++i) cuts.push_back(i);
        const Run whole = run_whole(*model, tokens);
        require_equal(whole, run_segments(*model, tokens, cuts, &whole));
    }
}

TEST_CASE("a prefix that is read once and repeated continues every suffix", "[quick]") {
    const at::NoGradGuard guard;
    for (const auto& [name, json] : models()) {
        INFO(name);
        const auto model = random_model(json, 13);
        const auto prefix = random_tokens(333, 6);
        auto state = model->empty_state(1);
        model::ForwardOptions options;
        options.state = &state;
        model->forward(prefix, ops::make_packing({333}, at::kCPU), options);
        auto repeated = state.repeat(3);
        REQUIRE(repeated.sequences() == 3);
        std::vector<at::Tensor> suffixes = {random_tokens(90, 7).slice(0, 1),
                                            random_tokens(2, 8).slice(0, 1),
                                            random_tokens(41, 9).slice(0, 1)};
        std::vector<std::int64_t> lengths;
        for (const auto& suffix : suffixes) lengths.push_back(suffix.size(0));
        // The decisions of every whole haplotype, replayed behind the prefix.
        std::vector<at::Tensor> forced(model->config.stages.size() - 1), expected;
        for (const auto& suffix : suffixes) {
            const Run whole = run_whole(*model, at::cat({prefix, suffix}));
            expected.push_back(whole.logits.slice(0, 333));
            std::int64_t from = 333;
            for (std::size_t s = 0; s < forced.size(); ++s) {
                const auto part = whole.mask[s].slice(0, from);
                forced[s] = forced[s].defined() ? at::cat({forced[s], part}) : part;
                from = whole.mask[s].slice(0, 0, from).sum().item<std::int64_t>();
            }
        }
        options.state = &repeated;
        options.forced = &forced;
        const auto output =
            model->forward(at::cat(suffixes), ops::make_packing(lengths, at::kCPU), options);
        CHECK(largest(output.logits_TV - at::cat(expected)) < kTolerance);
        // The state that was repeated is untouched.
        CHECK(state.stages[0].positions == std::vector<std::int64_t>{333});
    }
}

}  // namespace
}  // namespace dna_hnet::laws
