// dna-hnet merge
#include "tasks/merge.hpp"
#include "command.hpp"
#include "core/error.hpp"
#include "shared_options.hpp"

namespace dna_hnet::apps {
namespace {

struct MergeFlags {
    tasks::MergeRequest request;
    GenomeOptions genome;
};

void run_merge(const Program& program, const MergeFlags& flags) {
    require_option(flags.request.output, "-o/--output");
    if (flags.request.inputs.empty()) {
        throw usage_error("no input given: expected files or prefixes of jobs");
    }
    tasks::MergeRequest request = flags.request;
    std::unique_ptr<genome::Reference> reference;
    if (!flags.genome.fasta.empty()) {
        reference = flags.genome.open();
        request.reference = reference.get();
        request.regions = flags.genome.resolve(*reference);
    } else if (!flags.genome.regions.empty() || !flags.genome.bed.empty()) {
        throw usage_error("-r and -R: belong to -f, which is not given");
    }
    request.provenance = program.provenance();
    tasks::merge(request);
}

}  // namespace

void add_merge(Program& program) {
    auto flags = std::make_shared<MergeFlags>();
    CLI::App* const command = program.add_command(
        "merge", "joins the outputs of scattered jobs into what one run writes",
        "dna-hnet merge -f genome.fa jobs/chr1 jobs/chr2 jobs/chr3 -o out/genome",
        [&program, flags] { run_merge(program, *flags); });
    command->add_option("JOB", flags->request.inputs,
                        "files of one kind, or the prefixes of the jobs' files; in any order");
    flags->genome.add_to(*command);
    command->get_option("-f")->description(
        "reference: then the jobs together must have read all of it, or the regions of -r and -R; "
        "bigWig, bigBed and rows by interval, joined alone, cannot show it");
    command->add_option("--sums", flags->request.sums,
                        "of tables of score --blocks or boundaries --counts: also the added sums");
    command->add_option("-o,--output", flags->request.output,
                        "what is written: a file, or a prefix where prefixes are joined");
}

}  // namespace dna_hnet::apps
