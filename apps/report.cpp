// dna-hnet report
#include "report/report.hpp"

#include <optional>

#include "command.hpp"
#include "core/error.hpp"
#include "shared_options.hpp"
#include "tasks/base_classes.hpp"

namespace dna_hnet::apps {
namespace {

struct ReportFlags {
    report::ReportRequest request;
    std::vector<std::string> features;
    GenomeOptions genome;
    std::string page, locus_svg;
};

void run_report(const Program& program, const ReportFlags& flags) {
    require_option(flags.page, "-o/--output");
    report::ReportRequest request = flags.request;
    request.features = tasks::parse_named_files("--features", flags.features);
    request.provenance = program.provenance();
    if (!flags.locus_svg.empty() && request.boundaries.empty()) {
        throw usage_error("--locus-svg: needs --boundaries, whose chunks it shows");
    }
    AtomicGroup outputs;
    TextOutput page(flags.page, &outputs);
    std::optional<TextOutput> locus;
    if (!flags.locus_svg.empty()) locus.emplace(flags.locus_svg, &outputs);
    const auto reference = flags.genome.fasta.empty() ? nullptr : flags.genome.open();
    const report::Report made = report::make_report(reference.get(), request);
    if (locus) {
        if (made.locus.empty()) {
            throw input_error("--locus-svg: " + request.boundaries + " has no chunk files to draw");
        }
        locus->sink()(made.locus);
        locus->close();
    }
    page.sink()(made.page);
    page.close();
    outputs.commit();
}

}  // namespace

void add_report(Program& program) {
    auto flags = std::make_shared<ReportFlags>();
    CLI::App* const command = program.add_command(
        "report", "makes one self-contained HTML page from what the other commands wrote",
        "dna-hnet report --run run --scores score.tsv --boundaries out/chr20 -f genome.fa "
        "--features genes=genes.gtf -o report.html",
        [&program, flags] { run_report(program, *flags); });
    const auto list = [&](const char* name, std::vector<std::string>& values, const char* help) {
        command->add_option(name, values, help)->allow_extra_args(false);
    };
    auto& request = flags->request;
    command->add_option("--run", request.run, "folder of train: the model and its training curve");
    list("--scores", request.scores, "table of score or baseline; may be given again");
    command->add_option("--boundaries", request.boundaries,
                        "PREFIX of boundaries: chunk lengths, and one place drawn");
    list("--enrichment", request.enrichment, "table of annotate; may be given again");
    list("--features", flags->features,
         "NAME=FILE: BED, GTF or GFF3 that is drawn at the place; may be given again");
    command->add_option("--tracks", request.tracks,
                        "PREFIX of score --tracks: bits of every base, drawn at the place");
    flags->genome.add_to(*command, false);
    command->add_option("--locus", request.locus,
                        "chr:beg-end of the place, 1-based; default: 6,000 bases where chunks and "
                        "features are");
    command->add_option("--locus-svg", flags->locus_svg, "FILE.svg: the place's picture alone");
    command->add_option("--title", request.title, "title of the page");
    command->add_option("-o,--output", flags->page, "X.html; - is standard output");
}

}  // namespace dna_hnet::apps
