#include "report/report.hpp"

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/log.hpp"
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

bool same_origin(const Source& a, const Source& b) {
    return a.command == b.command && a.version == b.version && a.model == b.model &&
           a.reference == b.reference;
}

// One table for the files of each command.
std::string origins_html(const std::vector<Source>& sources) {
    std::string html;
    std::vector<bool> listed(sources.size());
    for (std::size_t i = 0; i < sources.size(); ++i) {
        if (listed[i]) continue;
        const Source& first = sources[i];
        Table table("", {}, 2);
        for (std::size_t j = i; j < sources.size(); ++j) {
            if (!same_origin(first, sources[j])) continue;
            listed[j] = true;
            table.row({sources[j].kind, sources[j].path});
        }
        for (const auto& [what, value] :
             {std::pair("command", first.command), std::pair("version", first.version),
              std::pair("model sha256", first.model),
              std::pair("reference sha256", first.reference)}) {
            if (!value.empty()) table.row({what, value});
        }
        html += table.html();
    }
    return html;
}

void add_sources_section(Draft& draft) {
    std::string html = paragraph(
        "The files that this page was made from, with what each says of its origin. Equal "
        "fingerprints mean the same weights or the "
        "same reference. The numbers are "
        "likelihoods and cuts of a model; they say nothing about disease or function.");
    if (draft.request.provenance.enabled) {
        html += paragraph(
            fmt::format("Made by dna-hnet {}: {}", version(), draft.request.provenance.command));
    }
    draft.page.sections.push_back(
        {"sources", "Where this comes from", html + origins_html(draft.inputs.sources())});
}

}  // namespace

Report make_report(genome::Reference* reference, const ReportRequest& request) {
    check(reference, request);
    Draft draft{request, reference, {}, {}};
    draft.page.title = request.title.empty() ? "dna-hnet report" : request.title;
    if (!request.run.empty()) add_run_sections(draft);
    const std::vector<Tile> tiles_of_run = std::move(draft.page.tiles);
    draft.page.tiles.clear();
    if (!request.scores.empty()) add_score_section(draft);
    Report report;
    if (!request.boundaries.empty()) {
        add_chunk_section(draft);
        report.locus = add_locus_section(draft);
    }
    if (!request.enrichment.empty()) add_enrichment_section(draft);
    // What was measured stands before what was run.
    draft.page.tiles.insert(draft.page.tiles.end(), tiles_of_run.begin(), tiles_of_run.end());
    add_sources_section(draft);
    draft.page.warnings = draft.inputs.disagreements();
    for (const std::string& sentence : draft.page.warnings) log_warning("report: " + sentence);
    draft.page.subtitle =
        "An H-Net: a language model of DNA that learns where to cut it into chunks.";
    report.page = draft.page.html();
    return report;
}

}  // namespace dna_hnet::report
