#include "train_options.hpp"

#include <fmt/format.h>

#include "core/error.hpp"
#ifndef DNA_HNET_IO
#include "without_io.hpp"
#endif

namespace dna_hnet::apps {

void TrainFlags::add_data_options(CLI::App& command) {
    command
        .add_option("-f,--fasta,--reference", fasta,
                    "[LABEL=]REF: FASTA, plain or bgzip, or a genome cache (.dhg); may be given "
                    "again")
        ->allow_extra_args(false);
    splits.add_to(command);
    command.add_option("--repeats", repeats, "BED of repeats instead of the FASTA's lower case");
    command.add_option("--softmask-weight", softmask_weight,
                       "loss weight of soft-masked bases [1]");
    command.add_option("--rc", reverse_complement,
                       "probability that a window is read on the reverse strand [0.5]");
    command.add_option("--context", context, "bases per window [by preset]");
    command.add_option("--batch-bases", batch_bases, "bases per micro-batch [by preset]");
    command.add_option("--accumulate", accumulate, "micro-batches per step [by preset]");
}

void TrainFlags::add_schedule_options(CLI::App& command) {
    command.add_option("--steps", steps, "optimiser steps");
    command.add_option("--bases", bases, "bases to train on, instead of --steps; rounded up");
    command.add_option("--lr", learning_rate, "learning rate of the outermost stage [by preset]");
    command.add_option("--warmup-fraction", warmup_fraction, "part of the steps [0.1]");
    command.add_option("--decay-fraction", decay_fraction, "part of the steps [0.2]");
    command.add_option("--weight-decay", weight_decay, "decoupled weight decay [0.1]");
    command.add_option("--gradient-clip", gradient_clip, "largest gradient norm [1]");
    command
        .add_option("--target-ratio", target_ratio,
                    "bases (chunks) per chunk, one per stage but the innermost: 3,3 [3 each]")
        ->delimiter(',')
        ->allow_extra_args(false);
    command.add_option("--ratio-loss-weight", ratio_loss_weight, "weight of the ratio loss [0.03]");
    command.add_option("--seed", seed, "random numbers of weights and windows [1]");
    command.add_option("--eval-every", eval_every, "steps between evaluations; 0: at the end [0]");
    command.add_option("--eval-bases", eval_bases,
                       "validation bases per evaluation; 0: all [262144]");
    command.add_option("--save-every", save_every, "steps between checkpoints; 0: at the end [0]");
}

void TrainFlags::add_to(CLI::App& command) {
    command.add_option("--preset", preset, "model and training by name, see dna-hnet inspect");
    command.add_option("--model-config", model_config, "JSON file instead of a preset");
    add_data_options(command);
#ifdef DNA_HNET_IO
    reads.add_to(command);
    command.add_flag("--with-genome", with_genome,
                     "train on -f as well as on --reads; else -f gives their splits and decodes "
                     "CRAM");
    command.add_flag("--unsplit-reads", unsplit_reads,
                     "train on all reads, unmapped ones too, whatever split they align to");
#else
    add_lacking_option(command, "--reads", "");
#endif
    add_schedule_options(command);
    command.add_flag("--resume", resume, "go on from the run's latest checkpoint");
    command.add_option("--init-from", init_from, "start from the weights of this checkpoint");
    command.add_option("-o,--output", run_folder, "folder of the run");
}

config::ConfigFile TrainFlags::configuration() const {
    if (preset.empty() == model_config.empty()) {
        throw usage_error("train: expected one of --preset NAME and --model-config FILE.json");
    }
    config::ConfigFile file;
    if (preset.empty()) {
        file = config::parse_config_file(read_json_file(model_config), model_config);
    } else {
        file = {config::preset_model(preset), config::preset_training(preset)};
    }
    config::TrainConfig& train = file.training;
    const auto set = [](auto& field, const auto& option) {
        if (option) field = *option;
    };
    set(train.context, context);
    set(train.batch_bases, batch_bases);
    set(train.accumulate, accumulate);
    set(train.steps, steps);
    set(train.seed, seed);
    set(train.eval_every, eval_every);
    set(train.eval_bases, eval_bases);
    set(train.save_every, save_every);
    set(train.learning_rate, learning_rate);
    set(train.warmup_fraction, warmup_fraction);
    set(train.decay_fraction, decay_fraction);
    set(train.weight_decay, weight_decay);
    set(train.gradient_clip, gradient_clip);
    set(train.ratio_loss_weight, ratio_loss_weight);
    set(train.softmask_weight, softmask_weight);
    set(train.reverse_complement, reverse_complement);
    if (!target_ratio.empty()) train.target_ratio = target_ratio;
    if (bases) {
        if (steps) throw usage_error("train: --steps and --bases exclude each other");
        const std::int64_t per_step = train.batch_bases * train.accumulate;
        if (*bases < 1)
            throw usage_error(fmt::format("--bases: got {}, expected at least 1", *bases));
        if (per_step < 1)
            throw usage_error("train: --batch-bases and --accumulate: expected at least 1");
        train.steps = (*bases + per_step - 1) / per_step;
    } else if (!steps && train.steps == 0) {
        throw usage_error("train: --steps or --bases is required");
    }
    // The same checks as for a file.
    train = config::parse_train_config(config::to_json(train), "options of train");
    config::resolve_target_ratio(file.model, train.target_ratio);
    return file;
}

}  // namespace dna_hnet::apps
