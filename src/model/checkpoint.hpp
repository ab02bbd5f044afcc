#pragma once
// A checkpoint is a folder: model.safetensors, config.json, state.json, and for resuming
// optimizer.safetensors (written by train). It is written under a temporary name and renamed. Files
// hold numbers and text only.
#include <filesystem>
#include <string>
#include <vector>

#include "config/train_config.hpp"
#include "core/atomic_file.hpp"
#include "genome/splits.hpp"
#include "model/language_model.hpp"

namespace dna_hnet::model {

// What the model was trained on: stored in state.json, so that `score` can tell training bases from
// held-out ones.
struct TrainingRecord {
    std::vector<genome::Contig> contigs;  // of the reference, in its order
    std::string reference_fingerprint;
    genome::SplitTable splits;  // intervals by contig number of `contigs`
    std::int64_t step = 0;
    std::int64_t bases_seen = 0;
    double valid_bits_per_base = 0;  // at this step; NaN when never evaluated
    // The splits in terms of another reference: by contig name, with or
    // without its label; contigs it does not have, or with
    // another length, are left out and named in `unmatched`.
    genome::SplitTable splits_for(const genome::Reference& reference,
                                  std::vector<std::string>& unmatched) const;
};

struct Checkpoint {
    std::filesystem::path folder;
    config::ModelConfig model_config;
    config::TrainConfig train_config;
    TrainingRecord record;
    std::string fingerprint;        // sha256 of model.safetensors
    std::string saved_fingerprint;  // the one that state.json holds; empty in older checkpoints
};

// `path` is a checkpoint, or a run: then what `best` names, else what `latest` names. bad_input
// naming what is missing.
std::filesystem::path find_checkpoint(const std::filesystem::path& path);
// Reads and checks config.json and state.json.
Checkpoint read_checkpoint(const std::filesystem::path& path);
// bad_input unless the weights are, byte for byte, those that were saved.
void check_weights(const Checkpoint& checkpoint);
// The model with its weights on `device`. Lists missing and unexpected names, checks shapes, dtypes
// and finiteness, then the weights' sum; assigns nothing before all checks pass. bad_input on any
// of them, and for a vocabulary that is not one of bases.
LanguageModel load_model(const Checkpoint& checkpoint, at::Device device);

// Writes model.safetensors, config.json and state.json into `folder` (the temporary folder of an
// AtomicFolder). `extra_state` is a JSON object of the trainer's own (optimizer step, data cursor,
// best value, versions), kept under "training".
void write_checkpoint(const std::filesystem::path& folder, const LanguageModelImpl& model,
                      const config::TrainConfig& train, const TrainingRecord& record,
                      const nlohmann::json& extra_state);
// The "training" object of state.json.
nlohmann::json read_extra_state(const Checkpoint& checkpoint);

}  // namespace dna_hnet::model
