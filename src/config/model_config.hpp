#pragma once
// The model's configuration (reference-hnet.md section 1): the JSON of the released models, with
// per-letter MLP widths.
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/json_reader.hpp"

namespace dna_hnet::config {

// One layer of an isotropic stack: m Mamba-2, M Mamba-2 + SwiGLU, t attention, T attention +
// SwiGLU.
struct Layer {
    char letter = 'm';
    bool has_ssm() const { return letter == 'm' || letter == 'M'; }
    bool has_attention() const { return letter == 't' || letter == 'T'; }
    bool has_mlp() const { return letter == 'M' || letter == 'T'; }
};
using Stack = std::vector<Layer>;
// "m3T1" -> m m m T. Strict: usage error on anything outside LETTER COUNT (letter in m M t T, count
// >= 1).
Stack parse_stack(std::string_view text);
// 1 for a lower-case layer, 2 for an upper-case one, summed (Isotropic.height; used by the
// initialiser).
std::int64_t stack_height(const Stack& stack);

// Everything one stage needs. The innermost stage has `main` only.
struct StageConfig {
    std::string encoder, decoder,
        main;  // layout texts; encoder and decoder are empty in the innermost stage
    std::int64_t d_model = 0;
    std::int64_t mlp_width_mamba = 0;      // SwiGLU width of M layers
    std::int64_t mlp_width_attention = 0;  // SwiGLU width of T layers
    std::int64_t num_heads = 0, rotary_dim = 0;
    std::int64_t window =
        -1;  // keys before the query that are seen; -1 = unlimited (w sees w + 1 keys)
    std::int64_t d_conv = 4, expand = 2, d_state = 128, ssm_chunk = 256, head_dim = 64;
    bool innermost() const { return encoder.empty(); }
    std::int64_t d_inner() const { return expand * d_model; }
    std::int64_t ssm_heads() const { return d_inner() / head_dim; }
    std::int64_t mlp_width(Layer layer) const {
        return layer.has_attention() ? mlp_width_attention : mlp_width_mamba;
    }
    bool operator==(const StageConfig&) const = default;
};

struct ModelConfig {
    std::vector<StageConfig> stages;  // outermost first; one stage = isotropic
    std::int64_t vocab_size = 8;
    bool tie_embeddings = false;
    std::int64_t num_stages() const { return static_cast<std::int64_t>(stages.size()); }
    // True where a layer's attention sees unlimited keys: `--mode carry` is refused for such a
    // model.
    bool has_unlimited_attention() const;
    bool operator==(const ModelConfig&) const = default;
};

// Reads the JSON of reference-hnet.md section 1.1 (arch_layout, d_model, d_intermediate,
// vocab_size, ssm_cfg, attn_cfg, tie_embeddings); d_intermediate entries are integers or {"M":
// 1024, "T": 1376}; ssm_cfg values are numbers or one per stage; ssm_cfg also takes "head_dim"
// (default 64). Checks everything (widths non-decreasing, heads dividing, even rotary, ...). usage
// error.
ModelConfig parse_model_config(const nlohmann::json& json, const std::string& place);
nlohmann::json to_json(
    const ModelConfig& config);  // parse_model_config reads it back to an equal config

// Compiled-in presets, matched without regard to case; usage error naming the presets (and the
// closest) otherwise.
ModelConfig preset_model(std::string_view name);
std::vector<std::string> preset_names();  // in the order of cli.md

}  // namespace dna_hnet::config
