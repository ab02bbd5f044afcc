// Chunk lengths: PREFIX.summary.tsv and the chunk files of `boundaries`.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <map>

#include "core/error.hpp"
#include "formats/text.hpp"
#include "hts/bgzf_text.hpp"
#include "report/sections.hpp"

namespace dna_hnet::report {
namespace {

using formats::grouped;
using formats::Plot;
using formats::shown;
using formats::Svg;

// Chunks of a file that the histogram counts at most.
constexpr std::int64_t kMostChunks = 2'000'000;

struct Row {
    std::int64_t stage, bases, chunks;
    std::string strand, name;
    double rate, per_chunk, mean, q05, q25, median, q75, q95;
};

std::vector<Row> read_rows(const formats::TsvTable& table) {
    const auto number = [&](std::size_t row, const char* name) {
        return table.number(row, table.column(name));
    };
    std::vector<Row> rows;
    for (std::size_t i = 0; i < table.rows(); ++i) {
        if (std::isnan(number(i, "length_mean"))) continue;  // no chunk
        rows.push_back(
            {table.integer(i, table.column("stage")), table.integer(i, table.column("bases")),
             table.integer(i, table.column("chunks")), table.text(i, table.column("strand")),
             table.text(i, table.column("class")), number(i, "boundaries_per_base"),
             number(i, "bases_per_chunk"), number(i, "length_mean"), number(i, "length_q05"),
             number(i, "length_q25"), number(i, "length_median"), number(i, "length_q75"),
             number(i, "length_q95")});
    }
    if (rows.empty()) throw input_error(fmt::format("{}: no row with chunks", table.place()));
    return rows;
}

std::string unit_of(std::int64_t stage) {
    return stage == 0 ? "bases" : fmt::format("chunks of stage {}", stage - 1);
}

std::string strand_colour(const std::string& strand) {
    return strand == "forward" ? "c1" : "c2";
}

// Boxes of one stage: middle half, median, mean, 5 to 95 %.
Svg box_figure(const std::vector<Row>& rows, std::int64_t stage) {
    std::vector<std::string> names;
    double most = 0;
    for (const Row& row : rows) {
        if (row.stage != stage) continue;
        if (std::find(names.begin(), names.end(), row.name) == names.end())
            names.push_back(row.name);
        most = std::max({most, row.q95, row.mean});
    }
    constexpr double kLeft = 96, kWidth = 350, kRow = 34, kTop = 34;
    const double height = kRow * static_cast<double>(names.size());
    Svg svg(
        460, kTop + height + 38, fmt::format("Chunk lengths of stage {} by class", stage),
        "Boxes from the 25 % to the 75 % quantile with a bar at the median and a dot at the mean; "
        "lines from 5 % to 95 %. Forward above reverse.");
    svg.text(0, 14, fmt::format("stage {}, by class", stage), "b");
    Plot plot(svg, {kLeft, kTop, kWidth, height},
              {{0, most * 1.04}, "chunk length in " + unit_of(stage)}, {{0, 1}, "", 0});
    for (std::size_t i = 0; i < names.size(); ++i) {
        const double middle = kTop + kRow * (static_cast<double>(i) + 0.5);
        svg.text(kLeft - 8, middle + 4, names[i], "", "end");
        svg.line(kLeft, middle + kRow / 2, kLeft + kWidth, middle + kRow / 2, "g");
        for (const Row& row : rows) {
            if (row.stage != stage || row.name != names[i]) continue;
            const std::string colour = strand_colour(row.strand);
            const double y = middle + (row.strand == "forward" ? -7 : 7);
            svg.line(plot.x(row.q05), y, plot.x(row.q95), y, "s thin " + colour);
            svg.rect(plot.x(row.q25), y - 5, std::max(1.0, plot.x(row.q75) - plot.x(row.q25)), 10,
                     "f pale " + colour);
            svg.line(plot.x(row.median), y - 5, plot.x(row.median), y + 5, "s wide " + colour);
            svg.circle(plot.x(row.mean), y, 2.6, "open " + colour);
        }
    }
    return svg;
}

struct Histogram {
    std::map<std::int64_t, std::int64_t> chunks;  // by length
    std::int64_t total = 0;
    bool cut = false;  // the file has more
};

// Column `length` of a chunk file.
Histogram read_histogram(const std::string& path) {
    Histogram histogram;
    hts::TextReader reader(path);
    genome::BedParser parser(path);
    genome::BedRecord row;
    for (std::string_view line; reader.next(line);) {
        if (!parser.parse_line(line, row)) continue;
        if (histogram.total == kMostChunks) {
            histogram.cut = true;
            break;
        }
        constexpr std::size_t kLength = 4;  // after the sixth column
        std::int64_t length = 0;
        const std::string text = row.rest.size() > kLength ? row.rest[kLength] : "";
        const auto [rest, status] = std::from_chars(text.data(), text.data() + text.size(), length);
        if (status != std::errc() || *rest != '\0' || length < 1) {
            throw input_error(fmt::format(
                "{}:{}: length '{}' in column 11, expected a row of a chunk file of boundaries",
                path, row.line, text));
        }
        ++histogram.chunks[length];
        ++histogram.total;
    }
    return histogram;
}

// Lengths up to the one that 99.5 % of the chunks do not exceed.
std::int64_t last_length(const std::vector<Histogram>& strands) {
    std::int64_t last = 2;
    for (const Histogram& strand : strands) {
        std::int64_t so_far = 0;
        for (const auto& [length, count] : strand.chunks) {
            so_far += count;
            last = std::max(last, length);
            if (static_cast<double>(so_far) >= 0.995 * static_cast<double>(strand.total)) break;
        }
    }
    return last;
}

Svg histogram_figure(std::int64_t stage, const std::vector<StageFile>& files,
                     const std::vector<Histogram>& strands) {
    const std::int64_t last = last_length(strands);
    double most = 0;
    for (const Histogram& strand : strands) {
        for (const auto& [length, count] : strand.chunks) {
            most = std::max(most, static_cast<double>(count) / static_cast<double>(strand.total));
        }
    }
    Svg svg(460, 290, fmt::format("Histogram of chunk lengths, stage {}", stage),
            "The share of chunks of each length, one step line for each strand.");
    svg.text(0, 14, fmt::format("stage {}, every length", stage), "b");
    Plot plot(svg, {48, 48, 400, 192},
              {{0.5, static_cast<double>(last) + 0.5}, "chunk length in " + unit_of(stage)},
              {{0, 100 * most * 1.06}, "% of the chunks"});
    for (std::size_t i = 0; i < strands.size(); ++i) {
        std::vector<std::pair<double, double>> steps;
        for (std::int64_t length = 1; length <= last; ++length) {
            const auto found = strands[i].chunks.find(length);
            const double share = found == strands[i].chunks.end()
                                     ? 0
                                     : 100 * static_cast<double>(found->second) /
                                           static_cast<double>(strands[i].total);
            steps.emplace_back(static_cast<double>(length) - 0.5, share);
            steps.emplace_back(static_cast<double>(length) + 0.5, share);
        }
        const bool forward = files[i].strand == genome::Strand::forward;
        plot.polyline(steps, forward ? "s c1" : "s c2 dash");
    }
    return svg;
}

std::string table_html(const std::vector<Row>& rows) {
    Table table("Lengths are in bases at stage 0, in chunks of the stage below further in.",
                {"stage", "strand", "class", "bases", "chunks", "boundaries per base",
                 "bases per chunk", "mean length", "median", "5 % to 95 %"},
                3);
    for (const Row& row : rows) {
        table.row({fmt::format("{}", row.stage), row.strand, row.name, grouped(row.bases),
                   grouped(row.chunks), shown(row.rate, 4), shown(row.per_chunk, 3),
                   shown(row.mean, 3), fmt::format("{:g}", row.median),
                   fmt::format("{:g} to {:g}", row.q05, row.q95)});
    }
    return table.html();
}

}  // namespace

std::vector<StageFile> stage_files(const std::string& prefix, const std::string& end) {
    std::vector<StageFile> files;
    for (std::int64_t stage = 0; stage < 10; ++stage) {
        for (const auto& [name, strand] : {std::pair("fwd", genome::Strand::forward),
                                           std::pair("rev", genome::Strand::reverse)}) {
            const std::string path = fmt::format("{}.stage{}.{}.{}", prefix, stage, name, end);
            if (std::filesystem::exists(path)) files.push_back({path, stage, strand});
        }
    }
    return files;
}

void add_chunk_section(Draft& draft) {
    const std::string& prefix = draft.request.boundaries;
    const std::vector<Row> rows = read_rows(draft.inputs.table("chunks", prefix + ".summary.tsv"));
    std::string html = paragraph(
        "A boundary is the first base of a chunk in reading direction; a chunk runs to the next "
        "boundary. A chunk belongs to the "
        "classes of its first base. Boxes hold the middle half of the chunks with the median as a "
        "bar and the mean as a ring, "
        "lines run from 5 % to 95 %.");
    html += legend({{"c1", "forward strand"}, {"c2", "reverse strand"}});
    const std::vector<StageFile> files = stage_files(prefix, "chunks.bed.gz");
    std::vector<Svg> pictures;
    bool cut = false;
    for (std::int64_t stage = 0; stage < 10; ++stage) {
        const auto here = [&](const auto& item) { return item.stage == stage; };
        if (std::any_of(rows.begin(), rows.end(), here))
            pictures.push_back(box_figure(rows, stage));
        std::vector<StageFile> strands;
        std::copy_if(files.begin(), files.end(), std::back_inserter(strands), here);
        if (strands.empty()) continue;
        std::vector<Histogram> histograms;
        for (const StageFile& file : strands) {
            histograms.push_back(read_histogram(file.path));
            cut = cut || histograms.back().cut;
        }
        pictures.push_back(histogram_figure(stage, strands, histograms));
    }
    html += figures(pictures);
    if (cut) {
        html += paragraph(fmt::format("Histograms count the first {} chunks of each file.",
                                      grouped(kMostChunks)));
    }
    draft.page.tiles.push_back(
        {shown(rows.front().per_chunk, 3),
         fmt::format("bases per chunk, stage {} {}", rows.front().stage, rows.front().strand)});
    draft.page.sections.push_back({"chunks", "Chunk lengths", html + table_html(rows)});
}

}  // namespace dna_hnet::report
