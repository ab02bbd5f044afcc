#include "train/run_setup.hpp"

#include <ATen/ATen.h>
#include <fmt/format.h>
#include <torch/version.h>

#include <algorithm>
#include <cmath>

#include "core/atomic_file.hpp"
#include "core/digest.hpp"
#include "core/error.hpp"
#include "core/json_reader.hpp"

namespace dna_hnet::train {
namespace {

using Json = nlohmann::json;
constexpr const char* kMayChange[] = {"steps", "eval_every", "save_every"};

at::Device device_of(const TrainRequest& request) {
    return at::Device(request.device == "cuda" ? at::kCUDA : at::kCPU);
}

// The first key whose values differ, as "key: got X, the run has Y"; empty when there is none.
std::string difference(const Json& got, const Json& has) {
    for (const auto& [key, value] : has.items()) {
        if (!got.contains(key) || got.at(key) != value) {
            return fmt::format("{}: got {}, the run has {}", key,
                               got.contains(key) ? got.at(key).dump() : "nothing", value.dump());
        }
    }
    for (const auto& [key, value] : got.items()) {
        if (!has.contains(key))
            return fmt::format("{}: got {}, the run has nothing", key, value.dump());
    }
    return "";
}

void require_same_config(const TrainRequest& request, const model::Checkpoint& checkpoint) {
    std::string problem =
        difference(config::to_json(request.model), config::to_json(checkpoint.model_config));
    if (problem.empty()) {
        Json got = config::to_json(request.train), has = config::to_json(checkpoint.train_config);
        for (const char* key : kMayChange) got.erase(key), has.erase(key);
        problem = difference(got, has);
    }
    if (!problem.empty()) {
        throw usage_error(fmt::format("--resume: {}: {}", checkpoint.folder.string(), problem),
                          "A resumed run keeps its model and training configuration; only steps, "
                          "--eval-every and --save-every may "
                          "change.");
    }
    if (request.train.steps < checkpoint.record.step) {
        throw usage_error(fmt::format("--steps: got {}, but {} has {} steps", request.train.steps,
                                      checkpoint.folder.string(), checkpoint.record.step));
    }
}

std::string digest_of(const std::optional<std::vector<genome::Interval>>& repeats) {
    if (!repeats) return "";
    Digest digest(Digest::Kind::sha256);
    for (const auto& [contig, begin, end] : genome::merged(*repeats)) {
        const std::string row = fmt::format("{}\t{}\t{}\n", contig, begin, end);
        digest.update(row.data(), row.size());
    }
    return digest.hex();
}

std::string digest_of_reads(const TrainRequest& request) {
    if (!request.reads) return "";
    return request.reads->digest() + (request.with_genome ? "+genome" : "");
}

void require_same_data(const TrainRequest& request, const model::Checkpoint& checkpoint,
                       const genome::Reference& reference) {
    const model::TrainingRecord& record = checkpoint.record;
    const std::string fingerprint = genome::reference_fingerprint(reference.contigs());
    if (!genome::same_reference(fingerprint, record.reference_fingerprint)) {
        throw input_error(fmt::format("{}: reference fingerprint {}, the run was trained on {}",
                                      reference.path(), fingerprint, record.reference_fingerprint));
    }
    const auto differs = [&](std::vector<genome::Interval> genome::SplitTable::*split) {
        return request.splits.*split != record.splits.*split;
    };
    if (differs(&genome::SplitTable::train) || differs(&genome::SplitTable::valid) ||
        differs(&genome::SplitTable::test)) {
        throw input_error(fmt::format("--resume: {}: the splits differ from the run's",
                                      checkpoint.folder.string()));
    }
    const ResumeState state = read_resume_state(checkpoint);
    const std::pair<const char*, bool> parts[] = {
        {"--repeats", digest_of(request.repeats) == state.repeats},
        {"--reads", digest_of_reads(request) == state.reads}};
    for (const auto& [option, same] : parts) {
        if (same) continue;
        throw input_error(fmt::format("--resume: {}: {} differs from the run's",
                                      checkpoint.folder.string(), option));
    }
}

}  // namespace

const TrainRequest& checked(const TrainRequest& request) {
    if (request.threads < 1)
        throw usage_error(fmt::format("--threads: got {}, expected at least 1", request.threads));
    if (request.device != "cpu" && request.device != "cuda") {
        throw usage_error(fmt::format("--device: got {}, expected cpu or cuda", request.device));
    }
    if (request.device == "cuda" && !at::hasCUDA())
        throw usage_error("--device: got cuda, but no CUDA device can be used");
    if (request.resume && request.init_from)
        throw usage_error("--init-from: a resumed run has its weights already");
    config::resolve_target_ratio(request.model, request.train.target_ratio);
    genome::vocabulary_of_size(request.model.vocab_size);
    if (request.device == "cpu") {
        at::globalContext().setDeterministicAlgorithms(true, /*warn_only=*/false);
        at::globalContext().setDeterministicFillUninitializedMemory(false);
    }
    return request;
}

std::optional<model::Checkpoint> checkpoint_to_resume(const TrainRequest& request,
                                                      const RunFolder& folder,
                                                      const genome::Reference& reference) {
    if (!request.resume) return std::nullopt;
    auto checkpoint = model::read_checkpoint(folder.latest());
    require_same_config(request, checkpoint);
    require_same_data(request, checkpoint, reference);
    return checkpoint;
}

model::LanguageModel initial_model(const TrainRequest& request,
                                   const std::optional<model::Checkpoint>& resumed) {
    const at::Device device = device_of(request);
    if (resumed) return model::load_model(*resumed, device);
    if (request.init_from) {
        const auto source = model::read_checkpoint(*request.init_from);
        const auto problem =
            difference(config::to_json(request.model), config::to_json(source.model_config));
        if (!problem.empty())
            throw usage_error(fmt::format("--init-from: {}: {}", source.folder.string(), problem));
        return model::load_model(source, device);
    }
    auto model = std::make_shared<model::LanguageModelImpl>(request.model);
    model::initialize(*model, static_cast<std::uint64_t>(request.train.seed));
    model->to(device);
    return model;
}

batch::StepReader training_data(genome::Reference& reference, const TrainRequest& request) {
    const genome::Vocabulary vocabulary = genome::vocabulary_of_size(request.model.vocab_size);
    if (!request.reads) {
        return {reference, request.splits.train, request.train, vocabulary, request.repeats};
    }
    if (request.train.softmask_weight != 1 || request.repeats) {
        throw usage_error("--softmask-weight and --repeats: reads have no soft-masked bases");
    }
    const std::unique_ptr<genome::Reference> store = request.reads->clone();
    if (!request.with_genome) {
        return {*store, request.reads->reads(), request.train, vocabulary, std::nullopt, true};
    }
    // The reads' contig comes behind the genome's.
    std::vector<genome::Interval> intervals = request.splits.train;
    const auto contig = static_cast<std::int64_t>(reference.contigs().size());
    for (const genome::Interval& read : request.reads->reads()) {
        intervals.push_back({contig, read.begin, read.end});
    }
    std::vector<std::pair<std::string, std::unique_ptr<genome::Reference>>> both;
    both.emplace_back("", reference.clone());
    both.emplace_back("", request.reads->clone());
    const auto joined = genome::join_references(std::move(both));
    return {*joined, intervals, request.train, vocabulary, std::nullopt, true};
}

int replica_count(const TrainRequest& request) {
    if (request.device != "cpu") return 1;
    return static_cast<int>(std::min<std::int64_t>(request.threads, request.train.accumulate));
}

int threads_per_replica(const TrainRequest& request) {
    return request.threads / replica_count(request);
}

model::TrainingRecord training_record(const genome::Reference& reference,
                                      const genome::SplitTable& splits) {
    model::TrainingRecord record;
    record.contigs = reference.contigs();
    record.reference_fingerprint = genome::reference_fingerprint(reference.contigs());
    record.splits = splits;
    return record;
}

void write_run_config(const RunFolder& folder, const TrainRequest& request) {
    Json configuration = config::to_json(request.model);
    configuration["training"] = config::to_json(request.train);
    const Json provenance = parse_json(request.provenance.json(), "provenance");
    if (!provenance.empty()) configuration["provenance"] = provenance;
    write_file_atomically(folder.path() / "config.json", configuration.dump(2) + "\n");
    if (!request.options.empty()) {
        write_file_atomically(folder.path() / "command.toml", request.options);
    }
}

Json to_json(const ResumeState& state, const TrainRequest& request) {
    const auto number = [](double value) { return std::isfinite(value) ? Json(value) : Json(); };
    Json json = {{"window", state.window},
                 {"valid_bits", number(state.valid_bits)},
                 {"best_bits", number(state.best_bits)},
                 {"best_step", state.best_step ? Json(*state.best_step) : Json()},
                 {"evaluation_pending", state.evaluation_pending},
                 {"repeats", digest_of(request.repeats)},
                 {"reads", digest_of_reads(request)},
                 {"optimizer", state.optimizer},
                 {"threads", request.threads},
                 {"device", request.device}};
    if (request.provenance.enabled)
        json["versions"] = {{"dna-hnet", version()}, {"libtorch", TORCH_VERSION}};
    return json;
}

ResumeState read_resume_state(const model::Checkpoint& checkpoint) {
    const std::string place = (checkpoint.folder / "state.json").string() + ": training";
    JsonReader reader(model::read_extra_state(checkpoint), place);
    const auto number = [&](const std::string& key) {
        return reader.raw(key).is_null() ? std::numeric_limits<double>::quiet_NaN()
                                         : reader.get<double>(key);
    };
    ResumeState state;
    state.window = reader.get<std::int64_t>("window");
    state.valid_bits = number("valid_bits");
    state.best_bits = number("best_bits");
    if (!reader.raw("best_step").is_null()) state.best_step = reader.get<std::int64_t>("best_step");
    state.evaluation_pending = reader.get<bool>("evaluation_pending");
    state.repeats = reader.get<std::string>("repeats");
    state.reads = reader.get_or<std::string>("reads", "");
    state.optimizer = reader.get_or<std::string>("optimizer", "");
    if (state.best_step && !std::isfinite(state.best_bits))
        reader.fail("best_bits", "a number where best_step has one");
    return state;  // threads, device and versions are for the reader of the file
}

}  // namespace dna_hnet::train
