#pragma once
// From a request to the parts of a run: checks, the checkpoint that is resumed, the first weights,
// and what is written beside them.
#include <limits>
#include <optional>

#include "batch/step_reader.hpp"
#include "model/checkpoint.hpp"
#include "train/run_folder.hpp"
#include "train/trainer.hpp"

namespace dna_hnet::train {

// Checks what needs neither disk nor genome, and sets LibTorch to deterministic algorithms on the
// CPU. usage error.
const TrainRequest& checked(const TrainRequest& request);

// The run's latest checkpoint when the request resumes. usage error where the request's model or
// training differs (steps, eval_every and save_every may), bad_input where the reference or the
// splits do.
std::optional<model::Checkpoint> checkpoint_to_resume(const TrainRequest& request,
                                                      const RunFolder& folder,
                                                      const genome::Reference& reference);

// Resumed weights, those of --init-from, or new ones; on the request's device.
model::LanguageModel initial_model(const TrainRequest& request,
                                   const std::optional<model::Checkpoint>& resumed);

// The windows that the request trains on: of the genome, of reads, or of both. usage error: a
// soft-mask weight or --repeats with reads, which have no case.
batch::StepReader training_data(genome::Reference& reference, const TrainRequest& request);

// On the CPU as many replicas as there are micro-batches, up to --threads; what is left of the
// threads goes into their operations.
int replica_count(const TrainRequest& request);
int threads_per_replica(const TrainRequest& request);

model::TrainingRecord training_record(const genome::Reference& reference,
                                      const genome::SplitTable& splits);

// RUN/config.json: model, training, provenance. RUN/command.toml: the request's options.
void write_run_config(const RunFolder& folder, const TrainRequest& request);

// The trainer's own part of state.json.
struct ResumeState {
    std::int64_t window = 0;  // number of the next training window: the data cursor
    double valid_bits = std::numeric_limits<double>::quiet_NaN();  // of the last evaluation
    double best_bits = std::numeric_limits<double>::quiet_NaN();
    std::optional<std::int64_t> best_step;
    bool evaluation_pending = false;
    std::string repeats;    // sha256 of --repeats; empty without
    std::string reads;      // of --reads, and whether with the genome; empty without
    std::string optimizer;  // sha256 of optimizer.safetensors; empty in older checkpoints
};
nlohmann::json to_json(const ResumeState& state, const TrainRequest& request);
ResumeState read_resume_state(const model::Checkpoint& checkpoint);

}  // namespace dna_hnet::train
