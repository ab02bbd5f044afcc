#include "train/trainer.hpp"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include <chrono>
#include <cmath>
#include <limits>

#include "batch/step_prefetcher.hpp"
#include "core/digest.hpp"
#include "core/error.hpp"
#include "core/log.hpp"
#include "core/signals.hpp"
#include "formats/metrics_log.hpp"
#include "model/checkpoint.hpp"
#include "train/progress_line.hpp"
#include "train/run_folder.hpp"
#include "train/run_setup.hpp"
#include "train/schedule.hpp"
#include "train/validation.hpp"

namespace dna_hnet::train {
namespace {

constexpr const char* kOptimizer = "optimizer.safetensors";  // of a checkpoint
constexpr double kLineSeconds = 10;                          // between lines on the screen

// Steps finished, and what must be known to go on from there.
struct Position {
    std::int64_t step = 0, bases_seen = 0;
    double valid_bits = std::numeric_limits<double>::quiet_NaN();  // of the last evaluation
    double best_bits = std::numeric_limits<double>::quiet_NaN();
    std::optional<std::int64_t> best_step;
    bool evaluation_pending = false;  // a signal came before this step's evaluation had ended
};

class Run {
  public:
    Run(genome::Reference& reference, const TrainRequest& request);
    TrainResult execute();

  private:
    void resume_from(const model::Checkpoint& checkpoint);
    void take_step(const batch::StepBatch& batch);
    void finish_step();
    void evaluate();
    void save();
    bool due(std::int64_t every) const { return every > 0 && position_.step % every == 0; }
    bool evaluation_due() const {
        return !validation_.empty() && config_.steps > 0 &&
               (position_.step == config_.steps || due(config_.eval_every));
    }
    double seconds() const {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
    }

    const TrainRequest& request_;
    const config::TrainConfig& config_;
    RunFolder folder_;
    std::optional<model::Checkpoint> resumed_;
    genome::Vocabulary vocabulary_;
    batch::StepReader reader_;  // until execute() hands it to its thread
    std::int64_t windows_per_step_;
    ValidationSet validation_;
    model::LanguageModel model_;
    Optimizer optimizer_;
    Replicas replicas_;
    model::TrainingRecord record_;
    Position position_;
    std::optional<formats::MetricsLog> metrics_;
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
    std::int64_t bases_here_ = 0;  // since start_
    double last_line_ = -kLineSeconds;
};

Run::Run(genome::Reference& reference, const TrainRequest& request)
    : request_(checked(request)),
      config_(request.train),
      folder_(request.run_folder, request.resume),
      resumed_(checkpoint_to_resume(request, folder_, reference)),
      vocabulary_(genome::vocabulary_of_size(request.model.vocab_size)),
      reader_(training_data(reference, request)),
      windows_per_step_(reader_.windows_per_step()),
      validation_(reference, request.splits.valid, config_, vocabulary_),
      model_(initial_model(request, resumed_)),
      optimizer_(*model_, config_),
      replicas_(model_, optimizer_, replica_count(request), threads_per_replica(request)),
      record_(training_record(reference, request.splits)) {
    if (resumed_) resume_from(*resumed_);
    folder_.create();
    write_run_config(folder_, request);
    const auto columns = metric_columns(request.model.num_stages() - 1);
    metrics_.emplace(folder_.path(), columns,
                     resumed_ ? std::optional(position_.step) : std::nullopt);
}

void Run::resume_from(const model::Checkpoint& checkpoint) {
    const auto state = read_resume_state(checkpoint);
    position_.step = checkpoint.record.step;
    position_.bases_seen = checkpoint.record.bases_seen;
    position_.valid_bits = state.valid_bits;
    position_.best_bits = state.best_bits;
    position_.best_step = state.best_step;
    position_.evaluation_pending = state.evaluation_pending;
    const std::int64_t window = position_.step * windows_per_step_;
    if (state.window != window) {
        throw input_error(fmt::format(
            "{}: state.json: training: window: got {}, expected {} after {} steps of {} windows",
            checkpoint.folder.string(), state.window, window, position_.step, windows_per_step_));
    }
    const auto moments = checkpoint.folder / kOptimizer;
    optimizer_.load(moments);
    if (!state.optimizer.empty() && sha256_of_file(moments) != state.optimizer) {
        throw input_error(fmt::format("{}: is not the file that was saved: it was changed or cut",
                                      moments.string()));
    }
    if (optimizer_.steps() != position_.step) {
        throw input_error(fmt::format("{}: the optimizer has made {} steps, state.json says {}",
                                      checkpoint.folder.string(), optimizer_.steps(),
                                      position_.step));
    }
}

void Run::take_step(const batch::StepBatch& batch) {
    const double factor = learning_rate_factor(batch.step, config_);
    optimizer_.zero_grad();
    StepReport report;
    report.statistics = accumulate_gradients(replicas_, batch, config_);
    report.gradient_norm = optimizer_.gradient_norm();
    report.learning_rate = config_.learning_rate * factor;
    if (!std::isfinite(report.statistics.loss) || !std::isfinite(report.gradient_norm)) {
        throw run_error(
            fmt::format("step {}: loss {}, gradient norm {} at learning rate {:.3g}: expected "
                        "finite numbers",
                        batch.step + 1, report.statistics.loss, report.gradient_norm,
                        report.learning_rate),
            fmt::format("Nothing is saved after step {}. Lower --lr, or raise --warmup-fraction.",
                        batch.step));
    }
    optimizer_.step(factor, report.gradient_norm);
    position_.step = batch.step + 1;
    position_.bases_seen += batch.bases;
    bases_here_ += batch.bases;
    report.step = position_.step;
    report.steps = config_.steps;
    report.valid_bits = position_.valid_bits;
    report.bases_seen = position_.bases_seen;
    report.seconds = seconds();
    report.bases_per_second = static_cast<double>(bases_here_) / report.seconds;
    report.memory_bytes = peak_memory_bytes();
    metrics_->write(report.step, "train", step_metrics(report));
    if (report.seconds - last_line_ >= kLineSeconds || report.step == config_.steps) {
        last_line_ = report.seconds;
        log_info(progress_line(report));
    }
}

void Run::evaluate() {
    const double before = seconds();
    const StepStatistics statistics = validation_.evaluate(replicas_);
    if (!std::isfinite(statistics.bits_per_base())) {
        throw run_error(
            fmt::format("step {}: validation {} bits per base: expected a finite number",
                        position_.step, statistics.bits_per_base()),
            "This step is not saved. Lower --lr, or raise --warmup-fraction.");
    }
    position_.evaluation_pending = false;
    position_.valid_bits = statistics.bits_per_base();
    metrics_->write(position_.step, "valid", validation_metrics(statistics, seconds() - before));
    log_info(fmt::format("step {}: validation {:.4f} bits per base on {} bases (uniform: 2)",
                         position_.step, position_.valid_bits, statistics.scored_bases));
    if (!position_.best_step || position_.valid_bits < position_.best_bits) {
        position_.best_bits = position_.valid_bits;
        position_.best_step = position_.step;
    }
    start_ += std::chrono::duration_cast<std::chrono::steady_clock::duration>(
        std::chrono::duration<double>(seconds() - before));
}

void Run::save() {
    record_.step = position_.step;
    record_.bases_seen = position_.bases_seen;
    record_.valid_bits_per_base = position_.valid_bits;
    ResumeState state;
    state.window = position_.step * windows_per_step_;
    state.valid_bits = position_.valid_bits;
    state.best_bits = position_.best_bits;
    state.best_step = position_.best_step;
    state.evaluation_pending = position_.evaluation_pending;
    folder_.save(position_.step, position_.best_step, config_.save_every > 0,
                 [&](const std::filesystem::path& target) {
                     optimizer_.save(target / kOptimizer);
                     state.optimizer = sha256_of_file(target / kOptimizer);
                     model::write_checkpoint(target, *model_, config_, record_,
                                             to_json(state, request_));
                 });
}

// Everything between two steps. A signal ends the run here, with a checkpoint.
void Run::finish_step() {
    bool save_now =
        position_.step == config_.steps || due(config_.save_every) || position_.evaluation_pending;
    if (position_.evaluation_pending || evaluation_due()) {
        position_.evaluation_pending = true;
        try {
            throw_if_stopped();
            evaluate();
        } catch (const Stopped&) {
            save();
            throw;
        }
        save_now = true;
    }
    if (save_now || stop_signal() != 0) save();
    throw_if_stopped();
}

TrainResult Run::execute() {
    start_ = std::chrono::steady_clock::now();
    if (position_.evaluation_pending) finish_step();
    if (position_.step == 0 && config_.steps == 0) save();
    batch::StepPrefetcher data(std::move(reader_), position_.step, config_.steps);
    while (position_.step < config_.steps) {
        take_step(data.next());
        finish_step();
    }
    TrainResult result;
    result.steps = position_.step;
    result.valid_bits_per_base = position_.best_bits;
    result.best = folder_.checkpoint(position_.best_step.value_or(position_.step));
    return result;
}

}  // namespace

TrainResult train(genome::Reference& reference, const TrainRequest& request) {
    return Run(reference, request).execute();
}

}  // namespace dna_hnet::train
