#include "tasks/generate.hpp"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <c10/core/InferenceMode.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <future>

#include "core/error.hpp"
#include "core/progress.hpp"
#include "core/random.hpp"
#include "core/signals.hpp"
#include "evaluate/require_finite.hpp"
#include "genome/alphabet.hpp"
#include "model/checkpoint.hpp"

namespace dna_hnet::tasks {
namespace {

// Tokens of the prompt that are read at a time: bounds memory, never a result's law.
constexpr std::int64_t kPromptTile = 4096;
constexpr char kLetters[] = "ACGT";
// From this size on the threads share the operations of a single sample.
constexpr std::int64_t kSharedParameters = 20'000'000;

void check(const GenerateRequest& request) {
    if (request.length < 1) {
        throw usage_error(fmt::format("--length: got {}, expected at least 1", request.length));
    }
    if (request.count < 1) {
        throw usage_error(fmt::format("--count: got {}, expected at least 1", request.count));
    }
    if (!(request.temperature >= 0) || !std::isfinite(request.temperature)) {
        throw usage_error(fmt::format("--temperature: got {}, expected a number of at least 0",
                                      request.temperature));
    }
    if (!(request.top_p > 0 && request.top_p <= 1)) {
        throw usage_error(
            fmt::format("--top-p: got {}, expected a number above 0 and at most 1", request.top_p));
    }
    for (std::size_t i = 0; i < request.prompt.size(); ++i) {
        const genome::Base base = genome::encode_base(request.prompt[i]);
        if (base == genome::kInvalidBase || !genome::is_acgt(base)) {
            throw usage_error(fmt::format("--prompt: letter {} is '{}', expected A, C, G or T",
                                          i + 1, request.prompt[i]));
        }
    }
}

// Samples [first, first + count): one packed batch on one thread of the caller's.
class Sampler {
  public:
    Sampler(const GenerateRequest& request, model::LanguageModel model, std::int64_t first,
            std::int64_t count)
        : request_(request),
          count_(count),
          model_(std::move(model)),
          vocabulary_(genome::vocabulary_of_size(model_->config.vocab_size)),
          targets_(genome::acgt_tokens(vocabulary_)),
          state_(model_->empty_state(count)) {
        for (std::int64_t i = first; i < first + count; ++i) {
            random_.emplace_back(request.seed, static_cast<std::uint64_t>(i));
        }
    }

    // `drawn` is called with the number of bases that were drawn for every sample.
    std::vector<std::string> run(const std::function<void(std::int64_t)>& drawn) {
        std::string prompt = request_.prompt;
        for (char& letter : prompt)
            letter = genome::decode_base(genome::base_code(genome::encode_base(letter)));
        std::vector<std::string> samples(static_cast<std::size_t>(count_), prompt);
        at::Tensor logits_N4 = read_prompt(prompt);
        for (std::int64_t step = 1;; ++step) {
            std::vector<std::uint8_t> next;
            for (std::size_t i = 0; i < samples.size(); ++i) {
                const auto row = logits_N4.accessor<double, 2>()[static_cast<std::int64_t>(i)];
                const double logits[4] = {row[0], row[1], row[2], row[3]};
                const int base =
                    draw_base(logits, request_.temperature, request_.top_p, random_[i].uniform());
                samples[i] += kLetters[base];
                next.push_back(targets_[static_cast<std::size_t>(base)]);
            }
            drawn(step);
            if (step == request_.length) return samples;
            throw_if_stopped();
            logits_N4 = read(next, 1);
        }
    }

  private:
    // The same tokens for every sample: BOS and the prompt.
    at::Tensor read_prompt(const std::string& prompt) {
        std::vector<std::uint8_t> tokens{genome::bos_token(vocabulary_)};
        for (const char letter : prompt) {
            tokens.push_back(genome::token_of_base(vocabulary_, genome::encode_base(letter)));
        }
        at::Tensor logits;
        const auto total = static_cast<std::int64_t>(tokens.size());
        for (std::int64_t begin = 0; begin < total; begin += kPromptTile) {
            throw_if_stopped();
            const std::int64_t length = std::min(kPromptTile, total - begin);
            std::vector<std::uint8_t> tile;
            for (std::int64_t i = 0; i < count_; ++i) {
                tile.insert(tile.end(), tokens.begin() + begin, tokens.begin() + begin + length);
            }
            logits = read(tile, length);
        }
        return logits;
    }

    // Reads `length` tokens of every sample; the logits of A C G T after the last one, on the host.
    at::Tensor read(std::vector<std::uint8_t>& tokens, std::int64_t length) {
        const auto tokens_T =
            at::from_blob(tokens.data(), {static_cast<std::int64_t>(tokens.size())}, at::kByte)
                .to(model_->device(), at::kLong);
        const auto packing = ops::make_packing(
            std::vector<std::int64_t>(static_cast<std::size_t>(count_), length), model_->device());
        model::ForwardOptions options;
        options.state = &state_;
        const auto output = model_->forward(tokens_T, packing, options);
        const auto last_NV = output.logits_TV.view({count_, length, output.logits_TV.size(1)})
                                 .select(1, length - 1)
                                 .to(at::kCPU, at::kDouble);
        const auto targets = ops::index_tensor(
            std::vector<std::int64_t>(targets_.begin(), targets_.end()), at::kCPU);
        return last_NV.index_select(1, targets).contiguous();
    }

    const GenerateRequest& request_;
    std::int64_t count_;
    model::LanguageModel model_;
    genome::Vocabulary vocabulary_;
    std::array<std::uint8_t, 4> targets_;
    model::ModelState state_;
    std::vector<Random> random_;
};

// The samples in groups, one thread each. A step is one base a sample: for a small model it is too
// little work to be shared by threads, which would only wait for each other.
std::vector<std::string> sample_groups(const GenerateRequest& request,
                                       const model::LanguageModel& model) {
    const bool cpu = model->device().is_cpu();
    const std::int64_t groups = cpu ? std::min<std::int64_t>(request.threads, request.count) : 1;
    std::int64_t parameters = 0;
    for (const auto& parameter : model->parameters()) parameters += parameter.numel();
    const int threads_each = groups == 1 && parameters >= kSharedParameters ? request.threads : 1;
    Progress progress("generate", request.length, "bp per sample");
    std::vector<std::future<std::vector<std::string>>> running;
    for (std::int64_t group = 0; group < groups; ++group) {
        const std::int64_t first = request.count * group / groups;
        const std::int64_t last = request.count * (group + 1) / groups;
        running.push_back(std::async(std::launch::async, [&, group, first, last] {
            at::set_num_threads(threads_each);
            const c10::InferenceMode no_gradients;
            return Sampler(request, model, first, last - first).run([&](std::int64_t step) {
                if (group == 0) progress.update(step);
            });
        }));
    }
    std::vector<std::string> samples;
    for (auto& group : running) {
        for (std::string& sample : group.get()) samples.push_back(std::move(sample));
    }
    return samples;
}

}  // namespace

int draw_base(const double (&logits)[4], double temperature, double top_p, double uniform) {
    for (const double logit : logits) evaluate::require_finite(logit);
    std::array<int, 4> order{0, 1, 2, 3};
    std::stable_sort(order.begin(), order.end(),
                     [&](int a, int b) { return logits[a] > logits[b]; });
    if (temperature == 0) return order[0];
    std::array<double, 4> weight{};
    double sum = 0;
    for (const int base : order) {
        weight[static_cast<std::size_t>(base)] =
            std::exp((logits[base] - logits[order[0]]) / temperature);
        sum += weight[static_cast<std::size_t>(base)];
    }
    double kept = 0;
    std::size_t size = 0;
    while (size < order.size() && (size == 0 || kept < top_p * sum)) {
        kept += weight[static_cast<std::size_t>(order[size++])];
    }
    double left = uniform * kept;
    for (std::size_t i = 0; i + 1 < size; ++i) {
        left -= weight[static_cast<std::size_t>(order[i])];
        if (left < 0) return order[i];
    }
    return order[size - 1];
}

std::vector<std::string> generate(const GenerateRequest& request, std::string& model_fingerprint) {
    check(request);
    const model::Checkpoint checkpoint = model::read_checkpoint(request.model);
    model_fingerprint = checkpoint.fingerprint;
    return sample_groups(request, model::load_model(checkpoint, at::Device(request.device)));
}

}  // namespace dna_hnet::tasks
