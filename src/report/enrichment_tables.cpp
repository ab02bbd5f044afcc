// Boundaries by codon position, and the agreement of boundaries: the tables beside the one of
// `annotate`.
#include <fmt/format.h>

#include <cmath>
#include <filesystem>
#include <optional>

#include "annotation/annotate.hpp"
#include "formats/text.hpp"
#include "report/sections.hpp"

namespace dna_hnet::report {
namespace {

using formats::grouped;
using formats::shown;

std::optional<formats::TsvTable> beside(Draft& draft, const std::string& table,
                                        const std::string& kind, const char* end) {
    const auto stem = annotation::table_stem(table);
    if (!stem || !std::filesystem::exists(*stem + end)) return std::nullopt;
    formats::TsvTable found = draft.inputs.table(kind, *stem + end);
    if (found.rows() == 0) return std::nullopt;
    return found;
}

std::string strand_name(const std::string& sign) {
    return sign == "+" ? "forward" : "reverse";
}

// Share of bases that are boundaries, as it was and as the null expects it.
std::string rates(double observed, double expected, double bases) {
    return fmt::format("{} ({})", shown(observed / bases, 4), shown(expected / bases, 4));
}

}  // namespace

std::string phase_html(Draft& draft, const std::string& path) {
    const auto table = beside(draft, path, "codon phase", ".phase.tsv");
    if (!table) return {};
    Table out(
        "Boundaries per base by codon position, in brackets what the null expects. phase shifts "
        "the "
        "positions of every exon, whole exons being kept together; kmer6 takes the rates of the "
        "6-mers off first, control those of the control model.",
        {"feature", "strand", "stage", "null", "exons", "position 1", "position 2", "position 3",
         "p"},
        4);
    const auto text = [&](std::size_t row, const char* name) {
        return table->text(row, table->column(name));
    };
    const auto number = [&](std::size_t row, const char* name) {
        return table->number(row, table->column(name));
    };
    // Three rows in a row are the positions of one test.
    for (std::size_t row = 0; row + 2 < table->rows(); row += 3) {
        if (number(row, "n_exons") == 0) continue;
        std::vector<std::string> cells{text(row, "feature") + ", " + text(row, "orientation"),
                                       strand_name(text(row, "strand")), text(row, "stage"),
                                       text(row, "null"),
                                       grouped(table->integer(row, table->column("n_exons")))};
        for (std::size_t i = row; i < row + 3; ++i) {
            cells.push_back(
                rates(number(i, "observed"), number(i, "expected"), number(i, "n_bases")));
        }
        cells.push_back(shown(number(row, "p"), 4));
        out.row(cells);
    }
    return heading("By codon position") + out.html();
}

std::string agreement_html(Draft& draft, const std::string& path) {
    const auto table = beside(draft, path, "agreement", ".agreement.tsv");
    if (!table) return {};
    Table out(
        "Boundaries that two files share: a base of the one, and the base that lies shift before "
        "it "
        "in the other. Kappa is 0 where they share as many as chance gives and 1 where they are "
        "the "
        "same; chance is the two rates alone, or the rates given the 6-mers; most is what tracks "
        "of these "
        "rates can have.",
        {"boundaries", "with", "stage", "shift", "chance", "bases", "one", "other", "both", "kappa",
         "95 % interval", "most"},
        4);
    const auto text = [&](std::size_t row, const char* name) {
        return table->text(row, table->column(name));
    };
    const auto whole = [&](std::size_t row, const char* name) {
        return grouped(table->integer(row, table->column(name)));
    };
    for (std::size_t row = 0; row < table->rows(); ++row) {
        const std::string range = interval_text(table->number(row, table->column("ci_low")),
                                                table->number(row, table->column("ci_high")), 4);
        const std::string other = text(row, "other") == "control" ? "control, " : "";
        out.row({strand_name(text(row, "strand")), other + strand_name(text(row, "other_strand")),
                 text(row, "stage"), text(row, "shift"), text(row, "chance"), whole(row, "n_bases"),
                 whole(row, "n_boundaries"), whole(row, "n_other"), whole(row, "n_both"),
                 shown(table->number(row, table->column("kappa")), 4),
                 range.empty() ? "NA" : range.substr(1),
                 table->has("kappa_max") ? shown(table->number(row, table->column("kappa_max")), 4)
                                         : "NA"});
    }
    return heading("Agreement") + out.html();
}

}  // namespace dna_hnet::report
