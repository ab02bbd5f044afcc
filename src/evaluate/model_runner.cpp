#include "evaluate/model_runner.hpp"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <c10/core/InferenceMode.h>
#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "core/error.hpp"
#include "evaluate/batch_reader.hpp"
#include "evaluate/hand_over.hpp"
#include "evaluate/thread_count.hpp"
#include "model/language_model.hpp"

namespace dna_hnet::evaluate {
namespace {

// Batches that may be open per thread: enough that none waits for the first, few enough to bound
// the memory of values that wait for their turn.
constexpr std::size_t kBatchesPerThread = 3;

void check(const config::ModelConfig& model, const ReadingOptions& options) {
    genome::vocabulary_of_size(model.vocab_size);
    const auto at_least_one = [](const char* name, std::int64_t value) {
        if (value < 1) {
            throw usage_error(fmt::format("{}: got {}, expected at least 1", name, value));
        }
    };
    at_least_one("--threads", options.threads);
    at_least_one("--batch-bases", options.batch_bases);
    if (options.attention_window) at_least_one("--attention-window", *options.attention_window);
    if (options.mode == Mode::windows) genome::window_grid(options.context);
    if (options.mode == Mode::carry && model.has_unlimited_attention() &&
        !options.attention_window) {
        throw usage_error(
            "--mode carry: this model has attention without a window, whose memory "
            "would grow with the segment",
            "give --attention-window N, or use --mode windows");
    }
}

// Sequences that run beside each other. A long segment runs alone: its values would otherwise wait
// for the sequence before it.
std::vector<HandOver::Batch> make_batches(const std::vector<PlannedSequence>& plan,
                                          const ReadingOptions& options) {
    std::vector<HandOver::Batch> batches;
    std::int64_t bases = 0;
    bool alone = false;
    for (std::size_t i = 0; i < plan.size(); ++i) {
        const std::int64_t length = plan[i].read.length();
        const std::int64_t cell = std::min(length, kCellBases);
        const bool is_long = options.mode == Mode::carry && length > kCellBases;
        if (batches.empty() || alone || is_long || bases + cell > options.batch_bases) {
            batches.emplace_back(i, i);
            bases = 0;
        }
        batches.back().second = i + 1;
        bases += cell;
        alone = is_long;
    }
    return batches;
}

}  // namespace

struct ModelRunner::Impl {
    std::shared_ptr<model::LanguageModelImpl> model;
    ReadingOptions options;
};

ModelRunner::ModelRunner(std::shared_ptr<model::LanguageModelImpl> model, ReadingOptions options) {
    check(model->config, options);
    if (options.attention_window) model->set_attention_window(*options.attention_window);
    impl_ = std::make_unique<Impl>(Impl{std::move(model), std::move(options)});
}

ModelRunner::~ModelRunner() = default;

std::int64_t ModelRunner::num_routed_stages() const {
    return impl_->model->config.num_stages() - 1;
}

std::int64_t ModelRunner::vector_width(const WantedVectors& wanted) const {
    const config::ModelConfig& model = impl_->model->config;
    const std::int64_t stages = std::max<std::int64_t>(num_routed_stages(), 1);
    if (wanted.stage < 0 || wanted.stage >= stages) {
        throw usage_error(
            fmt::format("--stage: got {}, expected 0 to {}", wanted.stage, stages - 1));
    }
    if (num_routed_stages() == 0 && wanted.layer != Layer::main) {
        throw usage_error("--layer: this model has no stages of chunks, and main alone");
    }
    return model.stages[static_cast<std::size_t>(wanted.stage)].d_model;
}

const ReadingOptions& ModelRunner::options() const {
    return impl_->options;
}

void ModelRunner::run(genome::Reference& reference, const std::vector<genome::Interval>& segments,
                      const std::vector<genome::Interval>& regions, genome::Strand strand,
                      const Wanted& wanted, const std::function<void(const SequenceValues&)>& sink,
                      const std::function<void(std::int64_t)>& progress) {
    const ReadingOptions& options = impl_->options;
    const auto plan = plan_sequences(options.mode, options.context, reference.contigs(), segments,
                                     regions, strand);
    auto batches = make_batches(plan, options);
    const std::size_t threads = std::min(static_cast<std::size_t>(options.threads), batches.size());
    std::int64_t done = 0;
    HandOver hand_over(std::move(batches), kBatchesPerThread * threads,
                       [&](const SequenceValues& values) {
                           sink(values);
                           done += values.sequence.yields.length();
                           if (progress) progress(done);
                       });
    const auto work = [&](genome::Reference& own) {
        try {
            at::set_num_threads(1);
            const c10::InferenceMode inference;
            BatchReader reader(*impl_->model, own, wanted);
            while (const auto batch = hand_over.claim()) {
                reader.read(
                    plan, batch->first, batch->second,
                    [&](std::size_t sequence, SequenceValues values) {
                        hand_over.push(sequence, std::move(values));
                    },
                    [&](std::size_t sequence) { hand_over.finish(sequence); });
            }
        } catch (...) {
            hand_over.fail(std::current_exception());
        }
    };
    const ThreadCount restored;
    std::vector<std::unique_ptr<genome::Reference>> references;
    for (std::size_t i = 0; i < threads; ++i) references.push_back(reference.clone());
    {
        std::vector<std::jthread> running;
        for (auto& own : references) running.emplace_back([&work, &own] { work(*own); });
    }
    hand_over.rethrow();
}

}  // namespace dna_hnet::evaluate
