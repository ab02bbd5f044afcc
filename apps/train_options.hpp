#pragma once
// The options of `dna-hnet train`, and the configuration they make.
#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/train_config.hpp"
#include "split_flags.hpp"
#ifdef DNA_HNET_IO
#include "read_flags.hpp"
#endif

namespace dna_hnet::apps {

struct TrainFlags {
    std::string preset, model_config;
    std::vector<std::string> fasta;
    SplitFlags splits;
    std::string repeats, run_folder, init_from;
#ifdef DNA_HNET_IO
    ReadFlags reads;
    bool with_genome = false, unsplit_reads = false;
#endif
    bool resume = false;
    std::optional<std::int64_t> bases;
    // Absent: as the preset or the file says.
    std::optional<std::int64_t> context, batch_bases, accumulate, steps, seed, eval_every,
        eval_bases, save_every;
    std::optional<double> learning_rate, warmup_fraction, decay_fraction, weight_decay,
        gradient_clip, ratio_loss_weight, softmask_weight, reverse_complement;
    std::vector<double> target_ratio;

    void add_to(CLI::App& command);
    // Model and training: the preset or file, then the options, checked. usage error.
    config::ConfigFile configuration() const;

  private:
    void add_data_options(CLI::App& command);
    void add_schedule_options(CLI::App& command);
};

}  // namespace dna_hnet::apps
