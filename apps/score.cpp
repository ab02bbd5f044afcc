// dna-hnet score
#include "tasks/score.hpp"

#include "command.hpp"
#include "core/error.hpp"
#include "score_table_flags.hpp"
#include "shared_options.hpp"
#include "track_flags.hpp"
#ifdef DNA_HNET_IO
#include "score_reads_flags.hpp"
#include "tasks/score_parts.hpp"
#endif

namespace dna_hnet::apps {
namespace {

struct ScoreFlags {
    std::string model;
    GenomeOptions genome;
    ReadingFlags reading;
    ScoreTableFlags table;
    TrackFlags tracks;
    bool baselines = false;
#ifdef DNA_HNET_IO
    ScoreReadsFlags reads;
#endif
};

#ifdef DNA_HNET_IO
void run_score_reads(const Program& program, const ScoreFlags& flags) {
    require_absent_with_reads({{"--tracks", !flags.tracks.request.prefix.empty()},
                               {"--by", !flags.table.by.empty()},
                               {"--blocks", !flags.table.blocks.empty()},
                               {"--class", !flags.table.classes.empty()},
                               {"--strand", flags.reading.strand != "both"}});
    tasks::ReadScoreRequest request;
    request.model = flags.model;
    request.reading = flags.reading.options(program.threads(), program.device());
    request.baselines = flags.baselines || flags.table.all_orders;
    request.all_orders = flags.table.all_orders;
    request.provenance = program.provenance();
    flags.reads.run(flags.genome, flags.table.output, request);
}
#endif

void run_score(const Program& program, const ScoreFlags& flags) {
    require_option(flags.model, "--model");
    require_option(flags.table.output, "-o/--output");
#ifdef DNA_HNET_IO
    if (flags.reads.given()) return run_score_reads(program, flags);
#endif
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
    AtomicGroup outputs;
#ifdef DNA_HNET_IO
    if (flags.tracks.resume) {
        flags.tracks.open(outputs);  // checks the options
        return tasks::score_in_parts(
            *reference, {request, flags.tracks.request, flags.table.output, flags.table.blocks});
    }
#endif
    TextOutput output(flags.table.output, &outputs);
    request.table.output = output.sink();
    std::optional<TextOutput> blocks;
    if (!flags.table.blocks.empty()) {
        blocks.emplace(flags.table.blocks, &outputs);
        request.table.blocks = blocks->sink();
    }
    const auto tracks = flags.tracks.open(outputs);
    request.table.tracks = tracks.get();
    tasks::score(*reference, request);
    if (blocks) blocks->close();
    output.close();
    outputs.commit();
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
    flags->reading.add_model_options_to(*command);
    command->add_flag("--baselines", flags->baselines,
                      "rows for the best order on validation, mix, copy and mix+copy, counted on "
                      "the model's training intervals");
    flags->table.add_to(*command, true);
    flags->tracks.add_to(*command);
#ifdef DNA_HNET_IO
    flags->reads.add_to(*command);
#endif
}

}  // namespace dna_hnet::apps
