// dna-hnet train
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>

#include "batch/read_collection.hpp"
#include "command.hpp"
#include "config/train_config.hpp"
#include "core/error.hpp"
#include "core/log.hpp"
#include "shared_options.hpp"
#include "train/trainer.hpp"
#include "train_options.hpp"

namespace dna_hnet::apps {
namespace {

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
    if (flags.fasta.empty()) throw usage_error("-f/--fasta is required");
    const auto reference = open_genomes(flags.fasta);
    request.splits = flags.splits.resolve(*reference);
    if (!flags.repeats.empty()) request.repeats = read_intervals(flags.repeats, *reference);
#ifdef DNA_HNET_IO
    if (flags.reads.given()) {
        const auto sources = flags.reads.open(*reference, std::nullopt, flags.unsplit_reads);
        request.reads = batch::collect_reads(sources, request.splits, flags.unsplit_reads).store;
        request.with_genome = flags.with_genome;
    } else if (flags.with_genome || flags.unsplit_reads) {
        throw usage_error(
            "--with-genome and --unsplit-reads: belong to --reads, which is not given");
    }
#endif
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
