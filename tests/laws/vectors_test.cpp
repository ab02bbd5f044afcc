// Activations that a runner yields are those of one pass of the model over the whole sequence.
#include <algorithm>

#include "evaluate/model_runner.hpp"
#include "fixtures.hpp"
#include "genome/segments.hpp"
#include "support/test.hpp"
#include "tasks/vector_runs.hpp"

namespace dna_hnet::laws {
namespace {

using evaluate::Layer;
using evaluate::WantedVectors;
using genome::Interval;
using genome::Strand;

constexpr std::int64_t kLength = 9001;  // three cells

evaluate::ReadingOptions carried(int threads) {
    evaluate::ReadingOptions options;
    options.mode = evaluate::Mode::carry;
    options.threads = threads;
    return options;
}

// The vector of every base in reading order, from one pass: (bases, width).
at::Tensor whole_pass(model::LanguageModelImpl& model, const at::Tensor& tokens_T,
                      const WantedVectors& wanted) {
    model::ForwardOptions options;
    options.keep_activations = true;
    const auto out =
        model.forward(tokens_T, ops::make_packing({tokens_T.size(0)}, at::kCPU), options);
    // Token of the stage at hand that holds each token of the sequence; -1 before the first.
    auto token = at::arange(tokens_T.size(0), at::kLong);
    const auto into = [&](const model::StageOutput& stage) {
        const auto inner = stage.mask_T.to(at::kLong).cumsum(0) - 1;
        token = inner.index_select(0, token);
    };
    for (std::int64_t s = 0; s < wanted.stage; ++s) into(out.stages[s]);
    const auto& stage = out.stages[wanted.stage];
    at::Tensor rows = wanted.layer == Layer::encoder ? stage.encoder_TD : stage.decoder_TD;
    if (wanted.layer == Layer::main) {
        into(stage);
        rows = stage.main_MD;
    }
    return rows.index_select(0, token.slice(0, 1));
}

at::Tensor by_runner(const model::LanguageModel& model, genome::Reference& reference,
                     const std::vector<Interval>& regions, Strand strand,
                     const WantedVectors& wanted, int threads) {
    evaluate::ModelRunner runner(model, carried(threads));
    tasks::VectorRuns runs(runner.vector_width(wanted));
    evaluate::Wanted only;
    only.bits = false;
    only.vectors = wanted;
    runner.run(reference, genome::find_segments(reference), regions, strand, only,
               [&](const evaluate::SequenceValues& values) { runs.add(values); }, {});
    std::vector<at::Tensor> rows;
    for (const Interval& region : regions) {
        for (std::int64_t base = region.begin; base < region.end; ++base) {
            const float* const vector = runs.at(region.contig, base);
            REQUIRE(vector != nullptr);
            rows.push_back(at::from_blob(const_cast<float*>(vector), {runs.width()}).clone());
        }
    }
    return at::stack(rows);
}

}  // namespace

TEST_CASE("vectors of bases are those of one pass over the whole sequence") {
    const at::NoGradGuard guard;
    const auto tokens = random_tokens(kLength + 1, 12);
    std::string letters, turned;
    for (std::int64_t i = 1; i <= kLength; ++i) {
        letters += "ACGT"[tokens.const_data_ptr<std::int64_t>()[i]];
        turned += "TGCA"[tokens.const_data_ptr<std::int64_t>()[kLength + 1 - i]];
    }
    test::MemoryReference forward({{"c", letters}, {"d", std::string("A")}});
    test::MemoryReference backward({{"c", turned}, {"d", std::string("A")}});
    for (const auto& [name, json] : models()) {
        const auto model = random_model(json, 17);
        for (std::int64_t stage = 0; stage < model->config.num_stages() - 1; ++stage) {
            for (const Layer layer : {Layer::encoder, Layer::main, Layer::decoder}) {
                INFO(name << ", stage " << stage << ", layer " << static_cast<int>(layer));
                const WantedVectors wanted{layer, stage};
                const auto expected = whole_pass(*model, tokens, wanted);
                const std::vector<Interval> all{{0, 0, kLength}};
                const auto read = by_runner(model, forward, all, Strand::forward, wanted, 2);
                REQUIRE(read.sizes() == expected.sizes());
                CHECK(largest(read - expected) < 1e-4 * (1 + largest(expected)));
                const auto reverse = by_runner(model, backward, all, Strand::reverse, wanted, 1);
                CHECK(at::equal(reverse.flip(0), read));
                // A part is a slice of the whole.
                const auto part =
                    by_runner(model, forward, {{0, 4090, 4120}}, Strand::forward, wanted, 1);
                CHECK(at::equal(part, read.slice(0, 4090, 4120)));
            }
        }
    }
}

}  // namespace dna_hnet::laws
