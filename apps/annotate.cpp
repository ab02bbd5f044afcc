// dna-hnet annotate
#include "annotation/annotate.hpp"

#include "command.hpp"
#include "core/error.hpp"
#include "shared_options.hpp"
#include "tasks/base_classes.hpp"

namespace dna_hnet::apps {
namespace {

struct AnnotateFlags {
    annotation::AnnotateRequest request;
    std::vector<std::string> features;
    GenomeOptions genome;
};

void run_annotate(const Program& program, const AnnotateFlags& flags) {
    annotation::AnnotateRequest request = flags.request;
    if (request.boundaries.empty()) throw usage_error("--boundaries: is required");
    if (flags.features.empty()) throw usage_error("--features: is required");
    require_option(request.table, "-o/--output");
    request.features = tasks::parse_named_files("--features", flags.features);
    const auto reference = flags.genome.open();
    request.provenance = program.provenance();
    annotation::annotate(*reference, request);
}

}  // namespace

void add_annotate(Program& program) {
    auto flags = std::make_shared<AnnotateFlags>();
    CLI::App* const command = program.add_command(
        "annotate", "counts boundaries on features, against three nulls",
        "dna-hnet annotate --boundaries out/x.stage0.fwd.chunks.bed.gz --features "
        "genes=genes.gtf -f genome.fa -o x.tsv",
        [&program, flags] { run_annotate(program, *flags); });
    const auto list = [&](const char* name, std::vector<std::string>& values, const char* help) {
        return command->add_option(name, values, help)->allow_extra_args(false);
    };
    auto& request = flags->request;
    list("--boundaries", request.boundaries,
         "PREFIX.stageS.{fwd,rev}.chunks.bed.gz; may be given again");
    list("--features", flags->features,
         "NAME=FILE: BED, GTF or GFF3 (.gtf, .gff, .gff3), also .gz; may be given again");
    list("--types", request.types,
         "types (column 3) of GTF and GFF3, such as gene,exon,CDS; each is a feature NAME:type; "
         "default: every type that occurs")
        ->delimiter(',');
    list("--control", request.controls,
         "chunk file of a control on the same bases, matched by strand and stage; may be given "
         "again");
    flags->genome.add_to(*command, false);
    command->add_option("--universe", request.universe,
                        "BED of the scored bases, all that the chunks lie on; default: "
                        "PREFIX.universe.bed.gz beside the first --boundaries");
    command
        ->add_option("--rotations", request.rotations,
                     "rotations of the nulls, of 5 kB for each feature name and orientation; 0: "
                     "no p-values")
        ->capture_default_str();
    command->add_option("--seed", request.seed, "random numbers")->capture_default_str();
    command->add_option("-o,--output", request.table,
                        "TABLE.tsv or TABLE.tsv.gz; TABLE.phase.tsv, TABLE.agreement.tsv and "
                        "TABLE.profile.svg stand beside it");
}

}  // namespace dna_hnet::apps
