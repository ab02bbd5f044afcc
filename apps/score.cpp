// dna-hnet score
#include <fmt/format.h>

#include "command.hpp"
#include "core/error.hpp"
#include "core/log.hpp"
#include "score_table_flags.hpp"
#include "shared_options.hpp"
#include "tasks/score.hpp"

namespace dna_hnet::apps {
namespace {

struct ScoreFlags {
    std::string model;
    GenomeOptions genome;
    ReadingFlags reading;
    ScoreTableFlags table;
    bool baselines = false;
};

void run_score(const Program& program, const ScoreFlags& flags) {
    require_option(flags.model, "--model");
    require_option(flags.table.output, "-o/--output");
    tasks::ScoreRequest request;
    request.model = flags.model;
    request.reading = flags.reading.options(program.threads(), program.device());
    request.baselines = flags.baselines || flags.table.all_orders;
    request.all_orders = flags.table.all_orders;
    const auto strands = flags.reading.strands();
    const auto reference = flags.genome.open();
    request.table = flags.table.request(*reference);
    request.table.strands = strands;
    request.table.regions = flags.genome.resolve(*reference);
    request.table.provenance = program.provenance();
    TextOutput output(flags.table.output);
    request.table.output = output.sink();
    std::optional<TextOutput> blocks;
    if (!flags.table.blocks.empty()) {
        blocks.emplace(flags.table.blocks);
        request.table.blocks = blocks->sink();
    }
    const tasks::ScoreTotals totals = tasks::score(*reference, request);
    if (blocks) blocks->close();
    output.close();
    log_info(
        fmt::format("score: {:.4f} bits per base over {} bases; skipped: {} in gaps, {} other "
                    "letters than A, C, G, T",
                    totals.bits_per_base, totals.scored, totals.gaps, totals.unknown));
}

}  // namespace

void add_score(Program& program) {
    auto flags = std::make_shared<ScoreFlags>();
    CLI::App* const command = program.add_command(
        "score", "bits per base and perplexity, beside counting models",
        "dna-hnet score --model run -f genome.fa -r chr20 --baselines -o score.tsv",
        [&program, flags] { run_score(program, *flags); });
    command->add_option("--model", flags->model, "checkpoint, or run: then its best checkpoint");
    flags->genome.add_to(*command);
    flags->reading.add_to(*command);
    command->add_flag("--baselines", flags->baselines,
                      "rows for the best order on validation, mix, copy and mix+copy, counted on "
                      "the model's training intervals");
    flags->table.add_to(*command, true);
}

}  // namespace dna_hnet::apps
