// Bits per base by class beside the baselines: the summary of `score` or `baseline`.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "core/error.hpp"
#include "formats/text.hpp"
#include "report/sections.hpp"

namespace dna_hnet::report {
namespace {

using formats::grouped;
using formats::Plot;
using formats::shown;
using formats::Svg;

struct Row {
    std::string model;
    std::int64_t scored;
    double bits, low, high, delta, delta_low, delta_high, perplexity;
};
// The rows of one class of bases, in the file's order.
struct BaseClass {
    std::string name;
    std::vector<Row> rows;
};
// What stands together: one split, read on one strand.
struct Group {
    std::string split, strand;
    std::vector<BaseClass> classes;
};

template <class Container, class Matches>
auto& find_or_add(Container& container, Matches matches, typename Container::value_type fresh) {
    const auto found = std::find_if(container.begin(), container.end(), matches);
    if (found != container.end()) return *found;
    container.push_back(std::move(fresh));
    return container.back();
}

// Classes and splits without a scored base are left out.
std::vector<Group> read_groups(const formats::TsvTable& table) {
    if (table.has("contig")) {
        throw input_error(fmt::format(
            "{}: rows by interval (score --by), expected the summary of score", table.place()));
    }
    const auto split = table.column("split"), name = table.column("class"),
               strand = table.column("strand"), model = table.column("model"),
               scored = table.column("scored_bases"), bits = table.column("bits_per_base"),
               low = table.column("ci_low"), high = table.column("ci_high"),
               delta = table.column("delta_vs_model"), delta_low = table.column("delta_ci_low"),
               delta_high = table.column("delta_ci_high"), perplexity = table.column("perplexity");
    std::vector<Group> groups;
    for (std::size_t i = 0; i < table.rows(); ++i) {
        const double value = table.number(i, bits);
        if (std::isnan(value)) continue;
        Group& group = find_or_add(groups,
                                   [&](const Group& g) {
                                       return g.split == table.text(i, split) &&
                                              g.strand == table.text(i, strand);
                                   },
                                   {table.text(i, split), table.text(i, strand), {}});
        BaseClass& base_class = find_or_add(
            group.classes, [&](const BaseClass& c) { return c.name == table.text(i, name); },
            {table.text(i, name), {}});
        base_class.rows.push_back({table.text(i, model), table.integer(i, scored), value,
                                   table.number(i, low), table.number(i, high),
                                   table.number(i, delta), table.number(i, delta_low),
                                   table.number(i, delta_high), table.number(i, perplexity)});
    }
    if (groups.empty()) {
        throw input_error(fmt::format("{}: no row with bits per base", table.place()));
    }
    return groups;
}

std::string colour(const std::string& model) {
    if (model == "dna-hnet") return "c1";
    return model.find("mix") != std::string::npos || model.find("copy") != std::string::npos ? "c2"
                                                                                             : "m";
}

// One dot and interval per model.
Svg class_figure(const BaseClass& base_class) {
    constexpr double kLeft = 84, kWidth = 300, kRow = 19, kTop = 34;
    const double height = kRow * static_cast<double>(base_class.rows.size());
    double low = 1e300, high = -1e300;
    for (const Row& row : base_class.rows) {
        low = std::min({low, row.bits, std::isnan(row.low) ? row.bits : row.low});
        high = std::max({high, row.bits, std::isnan(row.high) ? row.bits : row.high});
    }
    const double margin = std::max(0.05 * (high - low), 0.002);
    Svg svg(460, kTop + height + 38, fmt::format("Bits per base of class {}", base_class.name),
            "One row per model: a dot, and a line over its 95 % interval. Lower is better.");
    svg.text(0, 14,
             fmt::format("{}, {} bases", base_class.name, grouped(base_class.rows[0].scored)), "b");
    Plot plot(svg, {kLeft, kTop, kWidth, height}, {{low - margin, high + margin}, "bits per base"},
              {{0, 1}, "", 0});
    for (std::size_t i = 0; i < base_class.rows.size(); ++i) {
        const Row& row = base_class.rows[i];
        const double y = kTop + kRow * (static_cast<double>(i) + 0.5);
        const bool ours = row.model == "dna-hnet";
        const std::string shade = colour(row.model);
        if (ours)
            svg.line(plot.x(row.bits), kTop, plot.x(row.bits), kTop + height,
                     "s thin dash pale c1");
        svg.line(kLeft, y, kLeft + kWidth, y, "g");
        svg.text(kLeft - 8, y + 4, row.model, ours ? "b" : "", "end");
        if (!std::isnan(row.low))
            svg.line(plot.x(row.low), y, plot.x(row.high), y, "s wide " + shade);
        svg.circle(plot.x(row.bits), y, 4, "f " + shade);
        svg.text(458, y + 4, shown(row.bits, 4), ours ? "b" : "", "end");
    }
    return svg;
}

// Models down, classes across.
std::string matrix_html(const Group& group) {
    std::vector<std::string> columns = {"model"};
    for (const BaseClass& base_class : group.classes) columns.push_back(base_class.name);
    const BaseClass& first = group.classes.front();
    columns.push_back("perplexity, " + first.name);
    columns.push_back("minus dna-hnet, " + first.name);
    Table table(
        "Bits per base; lower is better. The last column is the model's bits minus those of "
        "dna-hnet on the same bases "
        "with its paired 95 % interval: above 0, dna-hnet is better.",
        columns);
    for (const Row& row : first.rows) {
        std::vector<std::string> cells = {row.model};
        for (const BaseClass& base_class : group.classes) {
            const auto found =
                std::find_if(base_class.rows.begin(), base_class.rows.end(),
                             [&](const Row& other) { return other.model == row.model; });
            cells.push_back(found == base_class.rows.end() ? "NA" : shown(found->bits, 4));
        }
        cells.push_back(shown(row.perplexity, 3));
        cells.push_back(row.model == "dna-hnet"
                            ? "–"
                            : shown(row.delta, 4) + interval_text(row.delta_low, row.delta_high));
        table.row(cells);
    }
    return table.html();
}

std::string every_number(const Group& group) {
    Table table("NA: no interval below two blocks of 100 kb.",
                {"class", "model", "bases", "bits per base", "95 % interval", "minus dna-hnet",
                 "95 % interval of the difference", "perplexity"},
                2);
    for (const BaseClass& base_class : group.classes) {
        for (const Row& row : base_class.rows) {
            const auto range = [](double low, double high) {
                return std::isnan(low) ? "NA" : interval_text(low, high).substr(1);
            };
            table.row({base_class.name, row.model, grouped(row.scored), shown(row.bits, 4),
                       range(row.low, row.high), shown(row.delta, 4),
                       range(row.delta_low, row.delta_high), shown(row.perplexity, 3)});
        }
    }
    return folded("Every number as a table", table.html());
}

std::string group_html(const Group& group, bool alone) {
    std::vector<Svg> pictures;
    for (const BaseClass& base_class : group.classes) pictures.push_back(class_figure(base_class));
    std::string html;
    if (!alone) {
        html += heading(fmt::format(
            "{}, {}", group.split == "all" ? "All scored bases" : "Split " + group.split,
            group.strand == "both" ? "mean of both strands" : group.strand + " strand"));
    }
    return html + matrix_html(group) + figures(pictures) + every_number(group);
}

// True for a split that holds every scored base: its rows are those of `all` again.
bool repeats_all(const Group& group, const std::vector<Group>& groups) {
    if (group.split == "all") return false;
    return std::any_of(groups.begin(), groups.end(), [&](const Group& other) {
        return other.split == "all" && other.strand == group.strand &&
               other.classes[0].rows[0].scored == group.classes[0].rows[0].scored;
    });
}

void add_tiles(const std::vector<Group>& groups, Page& page) {
    // Headline numbers are of the test split, where it was scored.
    const auto test = std::find_if(groups.begin(), groups.end(),
                                   [](const Group& group) { return group.split == "test"; });
    const Group& group = test == groups.end() ? groups.front() : *test;
    const Row& row = group.classes.front().rows.front();
    const std::string where = group.split == "all" ? "all scored bases" : "split " + group.split;
    page.tiles.push_back(
        {shown(row.bits, 4), fmt::format("bits per base of {}, {}", row.model, where)});
    page.tiles.push_back({shown(row.perplexity, 3), "perplexity, the same bases"});
    for (const Row& other : group.classes.front().rows) {
        if (other.model != "mix+copy" || std::isnan(other.delta)) continue;
        page.tiles.push_back({shown(other.delta, 4), "bits per base, mix+copy minus dna-hnet"});
    }
}

}  // namespace

std::string interval_text(double low, double high, int decimals) {
    if (std::isnan(low) || std::isnan(high)) return {};
    return fmt::format(" [{}, {}]", shown(low, decimals), shown(high, decimals));
}

void add_score_section(Draft& draft) {
    std::string html = paragraph(
        "How well each model foresees the next base: bits per base is the mean of −log2 of the "
        "probability given to the base "
        "that came, perplexity is 2 to that power (equal odds for A, C, G and T: 2 bits, "
        "perplexity 4). Every row of a "
        "class covers the same bases. order-k, mix, copy and mix+copy are counting models of the "
        "same training bases; the one to "
        "beat is mix+copy. Lines are 95 % intervals by jackknife over blocks of 100 kb; each "
        "picture has its own scale.");
    html += legend({{"c1", "dna-hnet"}, {"c2", "mixtures and copy model"}, {"c0", "fixed orders"}});
    for (const std::string& path : draft.request.scores) {
        const std::vector<Group> groups = read_groups(draft.inputs.table("bits per base", path));
        if (draft.request.scores.size() > 1) html += heading(path);
        const auto drawn = std::count_if(groups.begin(), groups.end(), [&](const Group& group) {
            return !repeats_all(group, groups);
        });
        for (const Group& group : groups) {
            if (repeats_all(group, groups)) {
                html +=
                    paragraph(fmt::format("All scored bases are of the split {}.", group.split));
            } else {
                html += group_html(group, drawn == 1);
            }
        }
        if (path == draft.request.scores.front()) add_tiles(groups, draft.page);
    }
    draft.page.sections.push_back({"bits", "Bits per base", html});
}

}  // namespace dna_hnet::report
