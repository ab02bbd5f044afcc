// dna-hnet baseline
#include <fmt/format.h>

#include <optional>

#include "command.hpp"
#include "core/error.hpp"
#include "core/log.hpp"
#include "score_table_flags.hpp"
#include "shared_options.hpp"
#include "split_flags.hpp"
#include "tasks/baseline.hpp"
#include "tasks/surprise_boundaries.hpp"

namespace dna_hnet::apps {
namespace {

constexpr std::int64_t kDefaultContext = 1024;

struct BaselineFlags {
    GenomeOptions genome;
    SplitFlags splits;
    std::string train, eval;
    ReadingFlags reading;
    ScoreTableFlags table;
    std::string boundaries;
    std::optional<double> rate;
};

// The chunker's regions are those of the table without --by.
void write_boundaries(const BaselineFlags& flags, genome::Reference& reference,
                      const tasks::BaselineRequest& baseline, AtomicGroup& outputs) {
    tasks::SurpriseRequest request;
    request.train = baseline.splits.train;
    if (flags.rate) request.rate = *flags.rate;
    request.files.regions = baseline.table.regions ? baseline.table.regions
                                                   : tasks::held_out(reference, baseline.splits);
    request.files.strands = baseline.table.strands;
    request.files.classes = baseline.table.classes;
    request.files.prefix = flags.boundaries;
    request.files.provenance = baseline.table.provenance;
    request.files.outputs = &outputs;
    tasks::write_surprise_boundaries(reference, request);
}

// The first option given that changes the table alone; or empty.
std::string option_of_the_table(const BaselineFlags& flags) {
    if (!flags.table.by.empty()) return "--by";
    if (flags.table.all_orders) return "--all-orders";
    if (flags.reading.mode != "windows") return "--mode";
    return flags.reading.context ? "--context" : "";
}

void check_flags(const BaselineFlags& flags) {
    if (flags.table.output.empty() && !flags.boundaries.empty()) {
        if (const std::string option = option_of_the_table(flags); !option.empty()) {
            throw usage_error(option + ": belongs to the table of -o, which is not given");
        }
    }
    if (flags.boundaries.empty()) {
        require_option(flags.table.output, "-o/--output");
        if (flags.rate) {
            throw usage_error("--rate: belongs to --boundaries, which is not given");
        }
    } else {
        require_prefix("--boundaries", flags.boundaries, "baseline");
        if (flags.rate && !(*flags.rate > 0 && *flags.rate < 1)) {
            throw usage_error(
                fmt::format("--rate: got {}, expected more than 0 and less than 1", *flags.rate));
        }
    }
    if (flags.train.empty() != flags.eval.empty()) {
        throw usage_error("--train and --eval: expected both or neither");
    }
    if (!flags.train.empty() && flags.splits.given()) {
        throw usage_error("--train and --eval: stand alone, without --split and --valid-contigs");
    }
}

void run_baseline(const Program& program, const BaselineFlags& flags) {
    check_flags(flags);
    tasks::BaselineRequest request;
    request.reading = flags.reading.options(program.threads(), program.device());
    if (request.reading.context == 0) request.reading.context = kDefaultContext;
    request.all_orders = flags.table.all_orders;
    const auto strands = flags.reading.strands();
    const auto reference = flags.genome.open();
    request.table = flags.table.request(*reference);
    request.table.strands = strands;
    request.table.regions = flags.genome.resolve(*reference);
    request.table.provenance = program.provenance();
    if (!flags.train.empty()) {
        request.splits.train = read_intervals(flags.train, *reference);
        request.by_split = false;
        const auto eval = read_intervals(flags.eval, *reference);
        request.table.regions =
            request.table.regions ? genome::intersection(*request.table.regions, eval) : eval;
        if (request.table.regions->empty()) {
            throw input_error(
                fmt::format("{}: no base of it lies in the regions of -r and -R", flags.eval));
        }
    } else {
        request.splits = flags.splits.resolve(*reference);
    }
    if (!request.table.classes.empty()) {
        tasks::warn_of_empty_classes(request.table.classes,
                                     request.table.regions
                                         ? request.table.regions
                                         : tasks::held_out(*reference, request.splits),
                                     request.table.strands);
    }
    AtomicGroup outputs;
    std::optional<TextOutput> output;
    if (!flags.table.output.empty()) output.emplace(flags.table.output, &outputs);
    if (!flags.boundaries.empty()) write_boundaries(flags, *reference, request, outputs);
    if (output) {
        request.table.output = output->sink();
        const tasks::ScoreTotals totals = tasks::baseline(*reference, request);
        output->close();
        log_info(fmt::format("baseline: {} bases", totals.scored));
    }
    outputs.commit();
}

}  // namespace

void add_baseline(Program& program) {
    auto flags = std::make_shared<BaselineFlags>();
    CLI::App* const command = program.add_command(
        "baseline", "bits per base of the counting models alone",
        "dna-hnet baseline -f genome.fa --valid-contigs chr20 --test-contigs chr21 -o table.tsv",
        [&program, flags] { run_baseline(program, *flags); });
    flags->genome.add_to(*command);
    flags->splits.add_to(*command);
    command->add_option("--train", flags->train, "BED of bases to count, instead of a split");
    command->add_option("--eval", flags->eval, "BED of bases to score, with --train");
    flags->reading.add_to(*command, std::to_string(kDefaultContext));
    flags->table.add_to(*command, false);
    command->add_option("--boundaries", flags->boundaries,
                        "PREFIX of the files of `boundaries`, from the order-5 surprise chunker; "
                        "-o may be left out then");
    command->add_option("--rate", flags->rate,
                        "with --boundaries: the share of the training bases that begin a chunk; "
                        "default: 0.333");
}

}  // namespace dna_hnet::apps
