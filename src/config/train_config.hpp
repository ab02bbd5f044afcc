#pragma once
// How a model is trained: everything but the data's place and the model's shape. Kept in
// config.json beside it.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/model_config.hpp"

namespace dna_hnet::config {

struct TrainConfig {
    std::int64_t context = 8192;       // bases per training window
    std::int64_t batch_bases = 65536;  // bases per micro-batch
    std::int64_t accumulate = 1;       // micro-batches per step
    std::int64_t steps = 0;
    double learning_rate = 5e-3;  // of the outermost stage
    // Multiplier per stage, outermost first; empty: from eq. 11 of the H-Net paper with N^GPT
    // chosen so that the first is 1.
    std::vector<double> lr_multipliers;
    double warmup_fraction = 0.1, decay_fraction = 0.2;
    double beta1 = 0.9, beta2 = 0.95, adam_epsilon = 1e-8, weight_decay = 0.1, gradient_clip = 1.0;
    std::vector<double>
        target_ratio;  // bases (chunks) per chunk, one per non-innermost stage; empty: 3 each
    double ratio_loss_weight = 0.03;
    double softmask_weight =
        1.0;  // loss weight of soft-masked target bases, normalised to mean 1 per batch
    double reverse_complement = 0.5;  // probability that a window is read on the reverse strand
    std::int64_t seed = 1;
    std::int64_t eval_every = 0, save_every = 0;
    std::int64_t eval_bases =
        262144;  // validation bases per evaluation during training; 0 = the whole split
};

nlohmann::json to_json(const TrainConfig& config);
// Keys that are absent keep the defaults above; unknown keys and values out of range are usage
// errors.
TrainConfig parse_train_config(const nlohmann::json& json, const std::string& place);

// A file as in data/configs (and as --model-config takes it): the model's keys and, if wanted,
// "training": {...}. "provenance", which a run's config.json carries, is not read.
struct ConfigFile {
    ModelConfig model;
    TrainConfig training;
};
ConfigFile parse_config_file(const nlohmann::json& json, const std::string& place);

// target_ratio as given, or 3 for every non-innermost stage; usage error when the number of entries
// is not the number of those stages or an entry is not above 1.
std::vector<double> resolve_target_ratio(const ModelConfig& model,
                                         const std::vector<double>& target_ratio);

// What a preset trains with where the command line does not say: learning rate, context, batch.
TrainConfig preset_training(std::string_view name);

// Eq. 11: sqrt(N_gpt * prod_{i>=s} N_i / prod_i N_i * D_S / D_s) with N_S = 1, divided by its value
// for s = 0.
std::vector<double> lr_multipliers(const ModelConfig& model,
                                   const std::vector<double>& target_ratio);

}  // namespace dna_hnet::config
