// dna-hnet train
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>

#include "command.hpp"
#include "config/train_config.hpp"
#include "core/error.hpp"
#include "core/log.hpp"
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
    request.splits = flags.splits.resolve(*reference);
    if (!flags.repeats.empty()) request.repeats = read_repeats(flags.repeats, *reference);
    request.provenance = program.provenance();
    request.provenance.reference_fingerprint = genome::reference_fingerprint(reference->contigs());
    request.options = program.effective_config();
    const train::TrainResult result = train::train(*reference, request);
    const std::string outcome =
        std::isfinite(result.valid_bits_per_base)
            ? fmt::format("{:.4f} bits per base on valid, best", result.valid_bits_per_base)
            : "not evaluated, latest";
    log_info(fmt::format("train: {} steps, {} checkpoint {}", result.steps, outcome,
                         result.best.string()));
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
