// dna-hnet train
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>

#include "command.hpp"
#include "config/train_config.hpp"
#include "core/atomic_file.hpp"
#include "core/error.hpp"
#include "core/log.hpp"
#include "genome/splits.hpp"
#include "shared_options.hpp"
#include "train/trainer.hpp"
#include "train_options.hpp"

namespace dna_hnet::apps {
namespace {

// LABEL=PATH, or PATH. A path may hold '=' behind a '/'.
std::pair<std::string, std::string> labelled_path(const std::string& text) {
    const auto equals = text.find('=');
    if (equals == std::string::npos || text.find('/') < equals) return {"", text};
    return {text.substr(0, equals), text.substr(equals + 1)};
}

std::unique_ptr<genome::Reference> open_references(const std::vector<std::string>& fasta) {
    if (fasta.empty()) throw usage_error("-f/--fasta is required");
    std::vector<std::pair<std::string, std::unique_ptr<genome::Reference>>> labelled;
    for (const std::string& text : fasta) {
        const auto [label, path] = labelled_path(text);
        labelled.emplace_back(label, open_genome(path));
    }
    return genome::join_references(std::move(labelled));
}

genome::SplitTable split_reference(const genome::Reference& reference, const TrainFlags& flags) {
    genome::SplitOptions options;
    options.valid_contigs = flags.valid_contigs;
    options.test_contigs = flags.test_contigs;
    options.include_alt = flags.include_alt;
    if (!flags.split.empty()) {
        if (!flags.valid_contigs.empty() || !flags.test_contigs.empty()) {
            throw usage_error("--split: stands alone, without --valid-contigs and --test-contigs");
        }
        options.bed = read_bed_file(flags.split);
        options.bed_place = flags.split;
        if (options.bed.empty())
            throw input_error(fmt::format("{}: no interval in it", flags.split));
    }
    genome::SplitResult result = genome::make_splits(reference, options);
    if (result.by_default) {
        log_info(
            "split: the last 10 % of each contig is held out for validation (no --split, "
            "--valid-contigs or --test-contigs)");
    }
    if (result.skipped_intervals > 0) {
        log_warning(
            fmt::format("{}: {} rows lie outside the reference or on contigs that are left "
                        "out: skipped",
                        flags.split, result.skipped_intervals));
    }
    if (!result.left_out.empty()) {
        log_info(
            fmt::format("split: {} alternative, fix, decoy or unplaced contigs are left out "
                        "(--include-alt keeps them): {}",
                        result.left_out.size(), fmt::join(result.left_out, ", ")));
    }
    log_info(fmt::format(
        "split: train {} bases, valid {}, test {}", genome::total_length(result.table.train),
        genome::total_length(result.table.valid), genome::total_length(result.table.test)));
    return result.table;
}

std::vector<genome::Interval> read_repeats(const std::string& path,
                                           const genome::Reference& reference) {
    const auto records = read_bed_file(path);
    genome::require_sorted(records, path);
    const genome::ContigTable contigs(reference);
    std::vector<genome::Interval> intervals;
    for (const auto& record : records) intervals.push_back(genome::resolve(record, contigs, path));
    return genome::merged(std::move(intervals));
}

void run_train(const Program& program, const TrainFlags& flags) {
    require_option(flags.run_folder, "-o/--output");
    train::TrainRequest request;
    const config::ConfigFile config = flags.configuration();
    request.model = config.model;
    request.train = config.training;
    request.threads = program.threads();
    request.device = program.device();
    request.run_folder = flags.run_folder;
    request.resume = flags.resume;
    if (!flags.init_from.empty()) request.init_from = flags.init_from;
    const auto reference = open_references(flags.fasta);
    request.splits = split_reference(*reference, flags);
    if (!flags.repeats.empty()) request.repeats = read_repeats(flags.repeats, *reference);
    request.provenance = program.provenance();
    request.provenance.reference_fingerprint = genome::reference_fingerprint(reference->contigs());
    const train::TrainResult result = train::train(*reference, request);
    write_file_atomically(std::filesystem::path(flags.run_folder) / "command.toml",
                          program.effective_config());
    log_info(fmt::format("train: {} steps, {:.4f} bits per base on valid, best checkpoint {}",
                         result.steps, result.valid_bits_per_base, result.best.string()));
}

}  // namespace

void add_train(Program& program) {
    auto flags = std::make_shared<TrainFlags>();
    CLI::App* const command = program.add_command(
        "train", "trains a model on reference genomes",
        "dna-hnet train --preset tiny --steps 300 -f genome.fa --valid-contigs chr20 -o run",
        [&program, flags] { run_train(program, *flags); });
    flags->add_to(*command);
}

}  // namespace dna_hnet::apps
