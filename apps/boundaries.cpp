// dna-hnet boundaries
#include <fmt/format.h>

#include <sstream>

#include "command.hpp"
#include "core/error.hpp"
#include "shared_options.hpp"
#include "tasks/boundaries.hpp"

namespace dna_hnet::apps {
namespace {

struct BoundariesFlags {
    std::string model, prefix;
    GenomeOptions genome;
    ReadingFlags reading;
    std::string stage = "all";
    std::vector<std::string> formats{"bed", "bigwig"};
    std::vector<std::string> classes;
    bool counts = false, resume = false;
};

std::optional<std::int64_t> parse_stage(const std::string& text) {
    if (text == "all") return std::nullopt;
    if (text.size() == 1 && text[0] >= '0' && text[0] <= '9') return text[0] - '0';
    throw usage_error(fmt::format("--stage: got '{}', expected all or a number from 0", text));
}

void run_boundaries(const Program& program, const BoundariesFlags& flags) {
    require_option(flags.model, "--model");
    require_option(flags.prefix, "-o/--output");
    require_prefix("-o", flags.prefix, "boundaries");
    tasks::BoundariesRequest request;
    request.model = flags.model;
    request.reading = flags.reading.options(program.threads(), program.device());
    request.strands = flags.reading.strands();
    request.stage = parse_stage(flags.stage);
    request.counts = flags.counts;
    request.formats = tasks::BoundaryFormats::parse(flags.formats);
    const auto reference = flags.genome.open();
    request.classes = read_classes(flags.classes, *reference);
    request.regions = flags.genome.resolve(*reference);
    request.prefix = flags.prefix;
    request.provenance = program.provenance();
    if (flags.resume) {
        tasks::write_boundaries_in_parts(*reference, request);
    } else {
        tasks::write_boundaries(*reference, request);
    }
}

}  // namespace

void add_boundaries(Program& program) {
    auto flags = std::make_shared<BoundariesFlags>();
    CLI::App* const command =
        program.add_command("boundaries", "writes the learned chunk boundaries as browser tracks",
                            "dna-hnet boundaries --model run -f genome.fa -r chr20 -o out/chr20",
                            [&program, flags] { run_boundaries(program, *flags); });
    command->add_option("--model", flags->model, "checkpoint, or run: then its best checkpoint");
    flags->genome.add_to(*command);
    flags->reading.add_model_options_to(*command);
    command->add_option("--stage", flags->stage, "all, or one; 0 = bases")->capture_default_str();
    command->add_option("--formats", flags->formats, "of bed,bigwig,bigbed")
        ->delimiter(',')
        ->allow_extra_args(false)
        ->capture_default_str();
    command
        ->add_option("--class", flags->classes,
                     "NAME=FILE.bed: a class of bases of the summary; may be given again")
        ->allow_extra_args(false);
    command->add_flag("--counts", flags->counts,
                      "also PREFIX.counts.tsv: integer sums, which `merge` needs for the summary");
    command->add_flag(
        "--resume", flags->resume,
        "contig by contig: keep what is finished in PREFIX.boundaries.parts, and go on from it");
    command->add_option("-o,--output", flags->prefix,
                        "PREFIX of PREFIX.stageS.{fwd,rev}.chunks.bed.gz and the others");
}

}  // namespace dna_hnet::apps
