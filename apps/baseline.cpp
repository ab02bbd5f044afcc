// dna-hnet baseline
#include "tasks/baseline.hpp"

#include <fmt/format.h>

#include "command.hpp"
#include "core/error.hpp"
#include "split_options.hpp"
#include "table_options.hpp"

namespace dna_hnet::apps {
namespace {

constexpr std::int64_t kDefaultContext = 8192;

struct BaselineFlags {
    GenomeOptions genome;
    ReadingFlags reading;
    TableFlags table;
    SplitFlags splits;
    std::string train, eval;
    bool all_orders = false;
};

std::vector<genome::Interval> read_intervals(const std::string& path,
                                             const genome::Reference& reference) {
    const genome::ContigTable contigs(reference);
    std::vector<genome::Interval> intervals;
    for (const auto& record : read_bed_file(path)) {
        intervals.push_back(genome::resolve(record, contigs, path));
    }
    if (intervals.empty()) throw input_error(fmt::format("{}: no interval in it", path));
    return genome::merged(std::move(intervals));
}

void run_baseline(const Program& program, const BaselineFlags& flags) {
    if (flags.train.empty() != flags.eval.empty()) {
        throw usage_error("--train and --eval go together");
    }
    const bool by_split = flags.train.empty();
    const SplitFlags& splits = flags.splits;
    if (!by_split &&
        !(splits.split.empty() && splits.valid_contigs.empty() && splits.test_contigs.empty())) {
        throw usage_error(
            "--train and --eval stand alone, without --split, --valid-contigs and "
            "--test-contigs");
    }
    tasks::BaselineRequest request;
    request.reading = flags.reading.options(program.threads(), "cpu");
    if (request.reading.context == 0) request.reading.context = kDefaultContext;
    request.all_orders = flags.all_orders;
    request.by_split = by_split;
    const auto reference = flags.genome.open();
    const auto output = flags.table.fill(*reference, flags.genome, flags.reading, request.table);
    if (by_split) {
        request.splits = splits.resolve(*reference);
    } else {
        request.splits.train = read_intervals(flags.train, *reference);
        const auto eval = read_intervals(flags.eval, *reference);
        request.table.regions =
            request.table.regions ? genome::intersection(*request.table.regions, eval) : eval;
    }
    request.table.provenance = program.provenance();
    tasks::baseline(*reference, request);
    output->close();
}

}  // namespace

void add_baseline(Program& program) {
    auto flags = std::make_shared<BaselineFlags>();
    CLI::App* const command = program.add_command(
        "baseline", "the counting models alone, in the table of score",
        "dna-hnet baseline -f genome.fa --valid-contigs chr20 --test-contigs chr21 -o counts.tsv",
        [&program, flags] { run_baseline(program, *flags); });
    flags->genome.add_to(*command);
    flags->splits.add_to(*command);
    command->add_option("--train", flags->train, "BED to count on, with --eval");
    command->add_option("--eval", flags->eval, "BED to evaluate on, with --train");
    flags->reading.add_to(*command);
    flags->table.add_to(*command);
    command->add_flag("--all-orders", flags->all_orders, "a row for each of order 0 to 12");
}

}  // namespace dna_hnet::apps
