#pragma once
// Training from a genome (cli.md, `train`). Torch-free header.
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/train_config.hpp"
#include "core/version.hpp"
#include "genome/read_store.hpp"
#include "genome/reference.hpp"
#include "genome/splits.hpp"

namespace dna_hnet::train {

struct TrainRequest {
    config::ModelConfig model;
    config::TrainConfig train;
    genome::SplitTable splits;
    std::filesystem::path run_folder;
    bool resume = false;                             // go on from `latest`
    std::optional<std::filesystem::path> init_from;  // weights of another checkpoint
    std::optional<std::vector<genome::Interval>>
        repeats;  // soft-mask bits from a BED instead of the FASTA's case
    // Reads to train on, in place of the genome's training intervals or, with_genome, beside them:
    // then a base of either is as likely as any other.
    std::shared_ptr<const genome::ReadStore> reads;
    bool with_genome = false;
    int threads = 1;
    std::string device = "cpu";
    Provenance provenance;
    // The command line as a --config file, for RUN/command.toml; may be empty.
    std::string options;
};

struct TrainResult {
    std::int64_t steps = 0;
    double valid_bits_per_base = 0;
    std::filesystem::path best;  // the latest one where nothing was evaluated
};

// Writes RUN/: config.json, command.toml, metrics.jsonl, metrics.csv, checkpoints/step-N/, latest,
// best. Throws Stopped after saving when a signal came; run_failed on a non-finite loss (nothing is
// saved then; the last checkpoint stays).
TrainResult train(genome::Reference& reference, const TrainRequest& request);

}  // namespace dna_hnet::train
