#include "model/checkpoint.hpp"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include "core/digest.hpp"
#include "core/error.hpp"
#include "core/json_reader.hpp"
#include "model/named_tensors.hpp"
#include "model/training_record.hpp"

namespace dna_hnet::model {
namespace {

namespace fs = std::filesystem;
constexpr const char* kWeights = "model.safetensors";
constexpr const char* kConfig = "config.json";
constexpr const char* kState = "state.json";
constexpr const char* kWeightsSum = "weights_sha256";  // in state.json

bool present(const fs::path& path) {
    std::error_code ignored;
    return fs::exists(path, ignored);
}

NamedTensors parameters_of(const LanguageModelImpl& model) {
    NamedTensors tensors;
    for (const auto& item : model.named_parameters())
        tensors.emplace_back(item.key(), item.value());
    return tensors;
}

}  // namespace

fs::path find_checkpoint(const fs::path& path) {
    if (!present(path))
        throw input_error(
            fmt::format("{}: no such folder, expected a checkpoint or a run", path.string()));
    if (present(path / kWeights)) return path;
    for (const char* pointer : {"best", "latest"}) {
        if (!present(path / pointer)) continue;
        std::string name = read_file(path / pointer);
        while (!name.empty() && (name.back() == '\n' || name.back() == '\r')) name.pop_back();
        const fs::path found = path / name;
        if (name.empty() || !present(found / kWeights)) {
            throw input_error(
                fmt::format("{}: names \"{}\", expected a checkpoint: {} does not exist",
                            (path / pointer).string(), name, (found / kWeights).string()));
        }
        return found;
    }
    throw input_error(fmt::format("{}: neither a checkpoint (no {}) nor a run (no best, no latest)",
                                  path.string(), kWeights));
}

Checkpoint read_checkpoint(const fs::path& path) {
    Checkpoint checkpoint;
    checkpoint.folder = find_checkpoint(path);
    const std::string place = (checkpoint.folder / kConfig).string();
    try {
        const auto file = config::parse_config_file(read_json_file(place), place);
        checkpoint.model_config = file.model;
        checkpoint.train_config = file.training;
    } catch (const Error& error) {  // a wrong configuration here is not the command line's fault
        throw input_error(error.what(), error.hint());
    }
    const std::string state = (checkpoint.folder / kState).string();
    nlohmann::json saved = read_json_file(state);
    if (saved.is_object() && saved.contains(kWeightsSum)) {
        if (!saved[kWeightsSum].is_string()) {
            throw input_error(fmt::format("{}: {}: expected a text", state, kWeightsSum));
        }
        checkpoint.saved_fingerprint = saved[kWeightsSum];
        saved.erase(kWeightsSum);
    }
    checkpoint.record = parse_record(saved, state);
    checkpoint.fingerprint = sha256_of_file(checkpoint.folder / kWeights);
    return checkpoint;
}

void check_weights(const Checkpoint& checkpoint) {
    if (checkpoint.saved_fingerprint.empty() ||
        checkpoint.saved_fingerprint == checkpoint.fingerprint) {
        return;
    }
    throw input_error(
        fmt::format("{}: sha256 {}, expected {} as when it was saved: the file was changed or cut",
                    (checkpoint.folder / kWeights).string(), checkpoint.fingerprint,
                    checkpoint.saved_fingerprint));
}

LanguageModel load_model(const Checkpoint& checkpoint, at::Device device) {
    const fs::path weights = checkpoint.folder / kWeights;
    try {
        genome::vocabulary_of_size(checkpoint.model_config.vocab_size);
    } catch (const Error& error) {
        throw input_error(fmt::format("{}: {}", checkpoint.folder.string(), error.what()));
    }
    const formats::SafetensorsFile file(weights);
    auto model = std::make_shared<LanguageModelImpl>(checkpoint.model_config);
    read_tensors(file, weights.string(), parameters_of(*model));
    check_weights(checkpoint);
    model->to(device);
    return model;
}

void write_checkpoint(const fs::path& folder, const LanguageModelImpl& model,
                      const config::TrainConfig& train, const TrainingRecord& record,
                      const nlohmann::json& extra_state) {
    nlohmann::json configuration = config::to_json(model.config);
    write_tensors(folder / kWeights, parameters_of(model), {{"config", configuration.dump()}});
    configuration["training"] = config::to_json(train);
    write_file_atomically(folder / kConfig, configuration.dump(2) + "\n");
    nlohmann::json state = record_to_json(record);
    state["training"] = extra_state;
    state[kWeightsSum] = sha256_of_file(folder / kWeights);
    write_file_atomically(folder / kState, state.dump(2) + "\n");
}

nlohmann::json read_extra_state(const Checkpoint& checkpoint) {
    const std::string place = (checkpoint.folder / kState).string();
    const auto state = read_json_file(place);
    if (!state.is_object() || !state.contains("training") || !state.at("training").is_object()) {
        throw input_error(fmt::format("{}: training: expected an object", place));
    }
    return state.at("training");
}

}  // namespace dna_hnet::model
