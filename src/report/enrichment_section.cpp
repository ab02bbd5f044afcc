// Boundaries on features against three nulls: the table of `annotate`.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/error.hpp"
#include "formats/text.hpp"
#include "report/sections.hpp"

namespace dna_hnet::report {
namespace {

using formats::grouped;
using formats::Plot;
using formats::shown;
using formats::Svg;

constexpr std::size_t kMostProfiles = 16;
constexpr double kMostFold = 6;  // of the picture's log2 scale

struct Row {
    std::string feature, orientation, strand, null;
    std::int64_t stage, features, bases, observed;
    double expected, fold, low, high, z, p, q;
};

std::vector<Row> read_rows(const formats::TsvTable& table) {
    const auto text = [&](std::size_t row, const char* name) {
        return table.text(row, table.column(name));
    };
    const auto number = [&](std::size_t row, const char* name) {
        return table.number(row, table.column(name));
    };
    std::vector<Row> rows;
    for (std::size_t i = 0; i < table.rows(); ++i) {
        if (text(i, "offset") != "body") continue;
        Row row{text(i, "feature"),
                text(i, "orientation"),
                text(i, "strand"),
                text(i, "null"),
                table.integer(i, table.column("stage")),
                table.integer(i, table.column("n_features")),
                table.integer(i, table.column("n_bases")),
                table.integer(i, table.column("observed")),
                number(i, "expected"),
                number(i, "log2_fold"),
                number(i, "ci_low"),
                number(i, "ci_high"),
                number(i, "z"),
                number(i, "p"),
                number(i, "q")};
        if (null_colour(row.null).empty()) {
            throw input_error(fmt::format("{}: null '{}', expected kmer6, rotate or control",
                                          table.place(), row.null));
        }
        rows.push_back(std::move(row));
    }
    if (rows.empty()) {
        throw input_error(fmt::format("{}: no row with offset body", table.place()));
    }
    return rows;
}

std::string label(const Row& row) {
    return row.orientation == "." ? row.feature : row.feature + ", " + row.orientation;
}

bool together(const Row& a, const Row& b) {
    return a.stage == b.stage && a.strand == b.strand;
}

std::pair<double, double> fold_range(const std::vector<Row>& rows) {
    double most = 0.1;
    for (const Row& row : rows) {
        for (const double value : {row.fold, row.low, row.high}) {
            if (std::isfinite(value)) most = std::max(most, std::abs(value));
        }
    }
    most = std::min(most * 1.08, kMostFold);
    return {-most, most};
}

// A disc for kmer6, a square for rotate, a diamond for control: told apart without colour.
void mark(Svg& svg, const std::string& null, double x, double y) {
    const std::string classes = "f " + null_colour(null);
    if (null == "kmer6") {
        svg.circle(x, y, 4, classes);
    } else if (null == "rotate") {
        svg.rect(x - 3.5, y - 3.5, 7, 7, classes);
    } else {
        svg.path(fmt::format("M{:.1f} {:.1f}l4.5 4.5l-4.5 4.5l-4.5 -4.5z", x, y - 4.5), classes);
    }
}

// Rows of one stage and strand, each feature's nulls under one another.
Svg forest_figure(const std::vector<Row>& rows, const std::pair<double, double>& range) {
    constexpr double kLeft = 150, kWidth = 300, kStep = 13, kGap = 10, kTop = 34;
    std::string last;
    std::vector<double> places;
    double y = 0;
    for (const Row& row : rows) {
        y += label(row) == last ? kStep : kStep + kGap;
        places.push_back(kTop + y - kGap / 2);
        last = label(row);
    }
    const double height = y + kGap;
    const std::string strand = rows[0].strand == "+" ? "forward" : "reverse";
    Svg svg(460, kTop + height + 38,
            fmt::format("Log2 fold of boundaries on features, stage {}, {} strand", rows[0].stage,
                        strand),
            "One mark per feature and null with a line over its 95 % interval; 0 is what the null "
            "expects.");
    svg.text(0, 14, fmt::format("stage {}, {} strand", rows[0].stage, strand), "b");
    Plot plot(svg, {kLeft, kTop, kWidth, height}, {range, "log2 (observed / expected)"},
              {{0, 1}, "", 0});
    svg.line(plot.x(0), kTop, plot.x(0), kTop + height, "a");
    last.clear();
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const Row& row = rows[i];
        const double at = places[i];
        if (label(row) != last) {
            if (i > 0) svg.line(kLeft, at - kStep + 1.5, kLeft + kWidth, at - kStep + 1.5, "g");
            svg.text(kLeft - 8, at + 4, label(row), "", "end");
        }
        last = label(row);
        if (!std::isfinite(row.fold)) continue;
        const std::string colour = null_colour(row.null);
        if (std::isfinite(row.low))
            svg.line(plot.x(row.low), at, plot.x(row.high), at, "s " + colour);
        mark(svg, row.null, plot.x(row.fold), at);
    }
    return svg;
}

std::vector<Svg> forests(const std::vector<Row>& rows) {
    const auto range = fold_range(rows);
    std::vector<Svg> pictures;
    std::vector<bool> drawn(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (drawn[i]) continue;
        std::vector<Row> group;
        for (std::size_t j = i; j < rows.size(); ++j) {
            if (!together(rows[i], rows[j])) continue;
            drawn[j] = true;
            group.push_back(rows[j]);
        }
        pictures.push_back(forest_figure(group, range));
    }
    return pictures;
}

std::string table_html(const std::vector<Row>& rows) {
    Table table(
        "Every null of every feature. z, p and q come from the same rotations; q is p corrected "
        "for the number of rows "
        "of one null (Benjamini and Hochberg).",
        {"feature", "strand", "stage", "null", "features", "bases", "observed", "expected",
         "log2 fold", "95 % interval", "z", "p", "q"},
        4);
    for (const Row& row : rows) {
        const std::string range = interval_text(row.low, row.high, 3);
        table.row({label(row), row.strand, fmt::format("{}", row.stage), row.null,
                   grouped(row.features), grouped(row.bases), grouped(row.observed),
                   shown(row.expected, 1), shown(row.fold, 4),
                   range.empty() ? "NA" : range.substr(1), shown(row.z, 2), shown(row.p, 4),
                   shown(row.q, 4)});
    }
    return table.html();
}

}  // namespace

std::string null_colour(const std::string& null) {
    if (null == "kmer6") return "c1";
    if (null == "rotate") return "c2";
    if (null == "control") return "c3";
    return {};
}

void add_enrichment_section(Draft& draft) {
    std::string html = paragraph(
        "Boundaries that fall on features, against what three nulls expect there: kmer6 (disc), "
        "the rate of the 6-mer that ends at "
        "each base; rotate (square), the same boundaries shifted around within the scored "
        "segments; control (diamond), the "
        "boundaries of a control model at a matched rate. The log2 fold is 0 where observed and "
        "expected agree; lines are 95 % intervals by "
        "bootstrap of blocks of 100 kb. One null alone shows little: a boundary that follows the "
        "6-mers passes rotate, and only kmer6 and "
        "control together speak about more than that. Sense and antisense: the feature's strand "
        "against the reading direction.");
    html += legend({{"c1", "kmer6 (headline)"}, {"c2", "rotate"}, {"c3", "control"}});
    for (const std::string& path : draft.request.enrichment) {
        const formats::TsvTable table = draft.inputs.table("enrichment", path);
        const std::vector<Row> rows = read_rows(table);
        if (draft.request.enrichment.size() > 1) html += heading(path);
        html += figures(forests(rows)) + table_html(rows);
        html += phase_html(draft, path) + agreement_html(draft, path);
        const std::vector<Svg> profiles = profile_figures(table);
        if (profiles.empty()) continue;
        html += heading("Around starts and ends of features");
        html += paragraph(
            "Boundaries per base by offset in reading direction: 0 is a feature's first (start) or "
            "last (end) base in its "
            "own direction. The grey area is what was observed, the lines are what each null "
            "expects.");
        html += legend({{"c0", "observed"}, {"c1", "kmer6"}, {"c2", "rotate"}, {"c3", "control"}});
        // Many pictures would push what follows out of sight.
        html += profiles.size() > kMostProfiles
                    ? folded(fmt::format("All {} pictures", profiles.size()), figures(profiles))
                    : figures(profiles);
    }
    draft.page.sections.push_back({"enrichment", "Boundaries on features", html});
}

}  // namespace dna_hnet::report
