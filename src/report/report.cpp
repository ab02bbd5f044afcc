#include "report/report.hpp"

#include <fmt/format.h>

#include "core/error.hpp"
#include "report/sections.hpp"

namespace dna_hnet::report {
namespace {

void check(const genome::Reference* reference, const ReportRequest& request) {
    if (request.run.empty() && request.scores.empty() && request.boundaries.empty() &&
        request.enrichment.empty()) {
        throw usage_error(
            "no input: expected at least one of --run, --scores, --boundaries and --enrichment");
    }
    const auto require = [&](const char* option, bool given) {
        if (!given) return;
        if (request.boundaries.empty()) {
            throw usage_error(
                fmt::format("{}: needs --boundaries, whose chunks are drawn with it", option));
        }
        if (!reference && std::string_view(option) != "--tracks") {
            throw usage_error(fmt::format("{}: needs the genome, -f/--fasta", option));
        }
    };
    require("--features", !request.features.empty());
    require("--locus", !request.locus.empty());
    require("--tracks", !request.tracks.empty());
}

void add_sources_section(Draft& draft) {
    Table table("What each file says of itself.",
                {"what", "file", "version", "command", "model sha256", "reference sha256"}, 6);
    for (const Source& source : draft.inputs.sources()) {
        const auto shown = [](const std::string& text) { return text.empty() ? "–" : text; };
        table.row({source.kind, source.path, shown(source.version), shown(source.command),
                   shown(source.model), shown(source.reference)});
    }
    std::string html = paragraph(
        "The files that this page was made from. Equal fingerprints mean the same weights or the "
        "same reference. The numbers are "
        "likelihoods and cuts of a model; they say nothing about disease or function.");
    if (draft.request.provenance.enabled) {
        html += paragraph(
            fmt::format("Made by dna-hnet {}: {}", version(), draft.request.provenance.command));
    }
    draft.page.sections.push_back({"sources", "Where this comes from", html + table.html()});
}

}  // namespace

Report make_report(genome::Reference* reference, const ReportRequest& request) {
    check(reference, request);
    Draft draft{request, reference, {}, {}};
    draft.page.title = request.title.empty() ? "dna-hnet report" : request.title;
    if (!request.run.empty()) add_run_sections(draft);
    if (!request.scores.empty()) add_score_section(draft);
    Report report;
    if (!request.boundaries.empty()) {
        add_chunk_section(draft);
        report.locus = add_locus_section(draft);
    }
    if (!request.enrichment.empty()) add_enrichment_section(draft);
    add_sources_section(draft);
    draft.page.warnings = draft.inputs.disagreements();
    draft.page.subtitle =
        "An H-Net: a language model of DNA that learns where to cut it into chunks.";
    report.page = draft.page.html();
    return report;
}

}  // namespace dna_hnet::report
