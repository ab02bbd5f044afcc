#pragma once
// The smallest model that has everything: two stages of different width, Mamba-2, attention, MLP.
#include "config/model_config.hpp"

namespace dna_hnet::test {

inline config::ModelConfig tiny_model() {
    return config::parse_model_config(
        parse_json(R"({"arch_layout": ["m1", ["T1m1"], "m1"], "d_model": [32, 48],
        "d_intermediate": [0, 64], "vocab_size": 8,
        "ssm_cfg": {"d_conv": 4, "expand": 2, "d_state": 16, "chunk_size": 256, "head_dim": 16},
        "attn_cfg": {"num_heads": [2, 3], "rotary_emb_dim": [8, 8], "window_size": [-1, -1]}, "tie_embeddings": false})",
                   "tiny"),
        "tiny");
}

}  // namespace dna_hnet::test
