// dna-hnet score
#include "tasks/score.hpp"

#include "command.hpp"
#include "table_options.hpp"

namespace dna_hnet::apps {
namespace {

struct ScoreFlags {
    std::string model, blocks;
    GenomeOptions genome;
    ReadingFlags reading;
    TableFlags table;
    bool baselines = false, all_orders = false;
};

void run_score(const Program& program, const ScoreFlags& flags) {
    require_option(flags.model, "--model");
    tasks::ScoreRequest request;
    request.model = flags.model;
    request.reading = flags.reading.options(program.threads(), program.device());
    request.baselines = flags.baselines;
    request.all_orders = flags.all_orders;
    const auto reference = flags.genome.open();
    const auto output = flags.table.fill(*reference, flags.genome, flags.reading, request.table);
    std::unique_ptr<OutputFile> blocks;
    if (!flags.blocks.empty()) {
        blocks = std::make_unique<OutputFile>(flags.blocks);
        request.table.blocks = [&](std::string_view text) { blocks->write(text); };
    }
    request.table.provenance = program.provenance();
    tasks::score(*reference, request);
    output->close();
    if (blocks) blocks->close();
}

}  // namespace

void add_score(Program& program) {
    auto flags = std::make_shared<ScoreFlags>();
    CLI::App* const command = program.add_command(
        "score", "bits per base and perplexity, by split and class, beside counting models",
        "dna-hnet score --model run -f genome.fa -r chr20 --baselines -o score.tsv",
        [&program, flags] { run_score(program, *flags); });
    command->add_option("--model", flags->model, "checkpoint, or run: then its best checkpoint");
    flags->genome.add_to(*command);
    flags->reading.add_to(*command);
    flags->table.add_to(*command);
    command->add_flag("--baselines", flags->baselines,
                      "rows of the counting models, counted on the model's training intervals");
    command->add_flag("--all-orders", flags->all_orders,
                      "with --baselines: a row for each of order 0 to 12");
    command->add_option("--blocks", flags->blocks,
                        "FILE.tsv: integer sums per 100-kb block, for merge");
}

}  // namespace dna_hnet::apps
