// Boundaries by offset from the starts and ends of features.
#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <map>

#include "core/error.hpp"
#include "report/sections.hpp"

namespace dna_hnet::report {
namespace {

using formats::Plot;
using formats::Svg;
using Points = std::vector<std::pair<double, double>>;

struct Panel {
    std::string title;
    std::map<double, double> observed;                     // boundaries per base, by offset
    std::vector<std::pair<std::string, Points>> expected;  // by null, in the file's order
};

Points& line_of(Panel& panel, const std::string& null) {
    for (auto& [name, points] : panel.expected) {
        if (name == null) return points;
    }
    return panel.expected.emplace_back(null, Points()).second;
}

std::vector<Panel> read_panels(const formats::TsvTable& table) {
    const auto feature = table.column("feature"), orientation = table.column("orientation"),
               strand = table.column("strand"), stage = table.column("stage"),
               offset = table.column("offset"), null = table.column("null"),
               bases = table.column("n_bases"), observed = table.column("observed"),
               expected = table.column("expected");
    std::vector<Panel> panels;
    std::map<std::string, std::size_t> numbers;
    for (std::size_t i = 0; i < table.rows(); ++i) {
        if (table.text(i, offset) == "body") continue;
        const double at = table.number(i, offset), n = table.number(i, bases);
        const std::string& sense = table.text(i, orientation);
        const std::string title = fmt::format(
            "{}{}, {} strand, stage {}", table.text(i, feature), sense == "." ? "" : ", " + sense,
            table.text(i, strand) == "+" ? "forward" : "reverse", table.text(i, stage));
        const auto [found, fresh] = numbers.try_emplace(title, panels.size());
        if (fresh) panels.push_back({title, {}, {}});
        Panel& panel = panels[found->second];
        const double nan = std::nan("");
        panel.observed[at] = n > 0 ? table.number(i, observed) / n : nan;
        line_of(panel, table.text(i, null))
            .emplace_back(at, n > 0 ? table.number(i, expected) / n : nan);
    }
    return panels;
}

Svg panel_figure(const Panel& panel) {
    double top = 0;
    Points observed(panel.observed.begin(), panel.observed.end());
    for (const auto& [at, value] : observed) top = std::isnan(value) ? top : std::max(top, value);
    for (const auto& [null, points] : panel.expected) {
        for (const auto& [at, value] : points) top = std::isnan(value) ? top : std::max(top, value);
    }
    Svg svg(460, 220, "Boundaries per base by offset: " + panel.title,
            "What was observed as an area, what each null expects as lines.");
    svg.text(0, 14, panel.title, "b");
    Plot plot(svg, {48, 46, 400, 130},
              {{observed.front().first, observed.back().first}, "offset in reading direction"},
              {{0, top > 0 ? top * 1.05 : 1}, "boundaries per base", 3});
    for (const auto& [at, value] : observed) {
        if (std::isnan(value)) continue;
        const double half = 200.0 / static_cast<double>(observed.size());
        const double left = std::max(48.0, plot.x(at) - half);
        svg.rect(left, plot.y(value), std::min(448.0, plot.x(at) + half) - left,
                 plot.y(0) - plot.y(value), "f faint");
    }
    if (observed.front().first < 0 && observed.back().first > 0) {
        svg.line(plot.x(0), 46, plot.x(0), 176, "a dash");
    }
    for (const auto& [null, points] : panel.expected) {
        plot.polyline(points, "s " + null_colour(null));
    }
    return svg;
}

}  // namespace

std::vector<formats::Svg> profile_figures(const formats::TsvTable& table) {
    std::vector<Svg> pictures;
    for (const Panel& panel : read_panels(table)) pictures.push_back(panel_figure(panel));
    return pictures;
}

}  // namespace dna_hnet::report
