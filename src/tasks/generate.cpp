#include "tasks/generate.hpp"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <c10/core/InferenceMode.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "core/error.hpp"
#include "core/progress.hpp"
#include "core/random.hpp"
#include "core/signals.hpp"
#include "genome/alphabet.hpp"
#include "model/checkpoint.hpp"

namespace dna_hnet::tasks {
namespace {

// Tokens of the prompt that are read at a time: bounds memory, never a result's law.
constexpr std::int64_t kPromptTile = 4096;
constexpr char kLetters[] = "ACGT";

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

class Sampler {
  public:
    Sampler(const GenerateRequest& request, const model::Checkpoint& checkpoint)
        : request_(request),
          device_(request.device),
          model_(model::load_model(checkpoint, device_)),
          vocabulary_(genome::vocabulary_of_size(model_->config.vocab_size)),
          targets_(genome::acgt_tokens(vocabulary_)),
          state_(model_->empty_state(request.count)) {
        for (std::int64_t i = 0; i < request.count; ++i) {
            random_.emplace_back(request.seed, static_cast<std::uint64_t>(i));
        }
    }

    std::vector<std::string> run() {
        std::string prompt = request_.prompt;
        for (char& letter : prompt)
            letter = genome::decode_base(genome::base_code(genome::encode_base(letter)));
        std::vector<std::string> samples(static_cast<std::size_t>(request_.count), prompt);
        Progress progress("generate", request_.length * request_.count, "bp");
        at::Tensor logits_N4 = read_prompt(prompt);
        for (std::int64_t drawn = 0;;) {
            std::vector<std::uint8_t> next;
            for (std::size_t i = 0; i < samples.size(); ++i) {
                const auto row = logits_N4.accessor<double, 2>()[static_cast<std::int64_t>(i)];
                const double logits[4] = {row[0], row[1], row[2], row[3]};
                const int base =
                    draw_base(logits, request_.temperature, request_.top_p, random_[i].uniform());
                samples[i] += kLetters[base];
                next.push_back(targets_[static_cast<std::size_t>(base)]);
            }
            progress.update(++drawn * request_.count);
            if (drawn == request_.length) return samples;
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
            for (std::int64_t i = 0; i < request_.count; ++i) {
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
                .to(device_, at::kLong);
        const auto packing = ops::make_packing(
            std::vector<std::int64_t>(static_cast<std::size_t>(request_.count), length), device_);
        model::ForwardOptions options;
        options.state = &state_;
        const auto output = model_->forward(tokens_T, packing, options);
        const auto last_NV =
            output.logits_TV.view({request_.count, length, output.logits_TV.size(1)})
                .select(1, length - 1)
                .to(at::kCPU, at::kDouble);
        const auto targets = ops::index_tensor(
            std::vector<std::int64_t>(targets_.begin(), targets_.end()), at::kCPU);
        return last_NV.index_select(1, targets).contiguous();
    }

    const GenerateRequest& request_;
    at::Device device_;
    model::LanguageModel model_;
    genome::Vocabulary vocabulary_;
    std::array<std::uint8_t, 4> targets_;
    model::ModelState state_;
    std::vector<Random> random_;
};

}  // namespace

int draw_base(const double (&logits)[4], double temperature, double top_p, double uniform) {
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
    at::set_num_threads(request.threads);
    const c10::InferenceMode no_gradients;
    return Sampler(request, checkpoint).run();
}

}  // namespace dna_hnet::tasks
