#pragma once
// Small models with values that make every part matter, and random sequences. LibTorch before
// Catch2.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <memory>
#include <string>
#include <vector>

#include "core/random.hpp"
#include "model/language_model.hpp"
#include "support/memory_reference.hpp"

namespace dna_hnet::laws {

// An untrained model whose routing is no longer the identity, so that boundaries are of every
// spacing, and whose layers are strong enough that a wrong state shows in the logits.
inline model::LanguageModel random_model(const std::string& json, std::uint64_t seed) {
    at::set_num_threads(1);  // the tensors are small, and a value must not need it
    const auto config = config::parse_model_config(parse_json(json, "test"), "test");
    auto result = std::make_shared<model::LanguageModelImpl>(config);
    model::initialize(*result, seed);
    const at::NoGradGuard guard;
    std::uint64_t stream = 1000;
    for (const auto& item : result->named_parameters()) {
        Random random(seed, ++stream);
        const auto& name = item.key();
        const bool routing = name.find("routing_module") != std::string::npos;
        const bool residual = name.find("residual_proj") != std::string::npos;
        const bool pad = name.find("pad_dimension") != std::string::npos;
        const bool layer = item.value().dim() == 2 && name.find("layers") != std::string::npos;
        auto noise = at::empty(item.value().sizes(), at::kFloat);
        for (std::int64_t i = 0; i < noise.numel(); ++i) {
            noise.data_ptr<float>()[i] = static_cast<float>(random.normal());
        }
        if (routing || residual || pad) item.value().add_(noise, routing ? 0.3 : 0.1);
        // A tied head of N(0, 1) would make logits of 30, whose rounding alone is 1e-5.
        if (config.tie_embeddings && name == "embeddings.weight") item.value().mul_(0.2);
        if (layer) item.value().add_(noise, 0.08);
    }
    return result;
}

// Layouts with every kind of layer: Mamba-2 only, windowed attention in both places, two stages.
struct NamedModel {
    std::string name, json;
};
inline const std::vector<NamedModel>& models() {
    static const std::vector<NamedModel> list = {
        {"one stage, Mamba-2",
         R"({"arch_layout": ["m2", ["M2"], "m2"], "d_model": [64, 64], "d_intermediate": [0, 96],
             "vocab_size": 8, "ssm_cfg": {"d_conv": 4, "expand": 2, "d_state": 16, "chunk_size": 256, "head_dim": 32},
             "attn_cfg": {"num_heads": [4, 4], "rotary_emb_dim": [16, 16], "window_size": [15, 15]},
             "tie_embeddings": false})"},
        {"one stage, windowed attention",
         R"({"arch_layout": ["T1m1", ["m1T1"], "M1t1"], "d_model": [48, 96], "d_intermediate": [96, 128],
             "vocab_size": 8, "ssm_cfg": {"d_conv": 4, "expand": 2, "d_state": 16, "chunk_size": 256, "head_dim": 32},
             "attn_cfg": {"num_heads": [3, 4], "rotary_emb_dim": [8, 16], "window_size": [31, 300]},
             "tie_embeddings": true})"},
        {"two stages",
         R"({"arch_layout": ["m1", ["T1m1", ["M1T1"], "m1"], "m1"], "d_model": [32, 64, 64],
             "d_intermediate": [0, 96, 96],
             "vocab_size": 8, "ssm_cfg": {"d_conv": 4, "expand": 2, "d_state": 16, "chunk_size": 256, "head_dim": 32},
             "attn_cfg": {"num_heads": [2, 4, 4], "rotary_emb_dim": [16, 16, 16], "window_size": [15, 63, 127]},
             "tie_embeddings": false})"},
    };
    return list;
}
inline const std::string& few_layers() {
    static const std::string json =
        R"({"arch_layout": ["m1", ["M1"], "m1"], "d_model": [32, 48], "d_intermediate": [0, 64],
            "vocab_size": 8, "ssm_cfg": {"d_conv": 4, "expand": 2, "d_state": 16, "chunk_size": 256, "head_dim": 32},
            "tie_embeddings": false})";
    return json;
}
inline const std::string& unlimited_attention() {
    static const std::string json =
        R"({"arch_layout": ["m1", ["T1"], "m1"], "d_model": [32, 64], "d_intermediate": [0, 96],
            "vocab_size": 8, "ssm_cfg": {"d_conv": 4, "expand": 2, "d_state": 16, "chunk_size": 256, "head_dim": 32},
            "attn_cfg": {"num_heads": [2, 4], "rotary_emb_dim": [16, 16], "window_size": [-1, -1]},
            "tie_embeddings": false})";
    return json;
}

// BOS and random bases.
inline at::Tensor random_tokens(std::int64_t length, std::uint64_t seed) {
    Random random(seed, 1);
    auto tokens = at::empty({length}, at::kLong);
    auto* data = tokens.data_ptr<std::int64_t>();
    for (std::int64_t i = 0; i < length; ++i) {
        data[i] = i == 0 ? 5 : static_cast<std::int64_t>(random.below(4));
    }
    return tokens;
}

// Logits, probabilities and decisions of one sequence.
struct Run {
    at::Tensor logits;
    std::vector<at::Tensor> prob, mask;
};

inline double largest(const at::Tensor& difference) {
    return difference.numel() == 0 ? 0 : difference.abs().max().item<double>();
}

// Decisions that differ although |p - 0.5| > 1e-5, and those within it. `p` is the whole run's.
struct Decisions {
    std::int64_t differ = 0, near = 0;
};
inline Decisions compare_decisions(const at::Tensor& whole_prob, const at::Tensor& other_prob) {
    const auto near = (whole_prob - 0.5).abs() <= 1e-5;
    const auto differ = (whole_prob > 0.5) != (other_prob > 0.5);
    return {differ.logical_and(near.logical_not()).sum().item<std::int64_t>(),
            near.sum().item<std::int64_t>()};
}

inline std::string random_letters(std::int64_t length, std::uint64_t seed) {
    Random random(seed, 2);
    std::string letters;
    for (std::int64_t i = 0; i < length; ++i) letters += "ACGT"[random.below(4)];
    return letters;
}

}  // namespace dna_hnet::laws
