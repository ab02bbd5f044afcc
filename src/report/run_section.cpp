// What the model is, and how it was trained: RUN/config.json and RUN/metrics.csv.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "config/costs.hpp"
#include "config/train_config.hpp"
#include "core/error.hpp"
#include "core/json_reader.hpp"
#include "formats/text.hpp"
#include "report/sections.hpp"

namespace dna_hnet::report {
namespace {

using formats::grouped;
using formats::Plot;
using formats::Svg;
using Points = std::vector<std::pair<double, double>>;

// Training steps are shown as means of so many runs of steps.
constexpr std::size_t kRuns = 250;

struct Curves {
    Points train, valid, rate;   // by bases seen
    std::vector<Points> chunks;  // bases (chunks) per chunk, by stage
    std::int64_t steps = 0;
    double bases = 0;
};

Curves read_curves(const formats::TsvTable& table) {
    const auto step = table.column("step"), event = table.column("event"),
               bits = table.column("bits_per_base"), rate = table.column("learning_rate"),
               seen = table.column("bases_seen");
    std::vector<std::size_t> chunks;
    while (table.has(fmt::format("bases_per_chunk_s{}", chunks.size()))) {
        chunks.push_back(table.column(fmt::format("bases_per_chunk_s{}", chunks.size())));
    }
    Curves curves;
    curves.chunks.resize(chunks.size());
    for (std::size_t row = 0; row < table.rows(); ++row) {
        const std::int64_t here = table.integer(row, step);
        if (table.text(row, event) == "valid") {
            // An evaluation has no bases of its own: it comes after those of its step.
            if (!std::isnan(table.number(row, bits))) {
                curves.valid.emplace_back(curves.bases, table.number(row, bits));
            }
            continue;
        }
        if (table.text(row, event) != "train") continue;
        curves.steps = here;
        curves.bases = table.number(row, seen);
        curves.train.emplace_back(curves.bases, table.number(row, bits));
        curves.rate.emplace_back(curves.bases, table.number(row, rate));
        for (std::size_t s = 0; s < chunks.size(); ++s) {
            curves.chunks[s].emplace_back(curves.bases, table.number(row, chunks[s]));
        }
    }
    return curves;
}

// Means of runs of neighbours; NaNs are left out.
Points smoothed(const Points& points) {
    const std::size_t run = std::max<std::size_t>(1, (points.size() + kRuns - 1) / kRuns);
    Points means;
    for (std::size_t from = 0; from < points.size(); from += run) {
        double x = 0, y = 0, count = 0;
        for (std::size_t i = from; i < std::min(from + run, points.size()); ++i) {
            if (!std::isfinite(points[i].second)) continue;
            x += points[i].first;
            y += points[i].second;
            ++count;
        }
        if (count > 0) means.emplace_back(x / count, y / count);
    }
    return means;
}

// Of the values, without the first tenth of `points`: an untrained model would flatten the rest.
std::pair<double, double> range_of(const std::vector<Points>& lines) {
    double low = 1e300, high = -1e300;
    for (const Points& line : lines) {
        for (std::size_t i = line.size() / 10; i < line.size(); ++i) {
            low = std::min(low, line[i].second);
            high = std::max(high, line[i].second);
        }
    }
    if (low > high) return {0, 1};
    const double margin = std::max((high - low) * 0.06, 1e-3 * std::abs(high));
    return {low - margin, high + margin};
}

// Points outside the range become gaps.
Points inside(Points points, const std::pair<double, double>& range) {
    for (auto& [x, y] : points) {
        if (y < range.first || y > range.second) y = std::nan("");
    }
    return points;
}

Svg bits_figure(const Curves& curves) {
    Svg svg(460, 290, "Bits per base during training",
            "Against bases seen: the training loss as a line, validation as dots.");
    const Points train = smoothed(curves.train);
    const auto range = range_of({train, curves.valid});
    Plot plot(svg, {48, 34, 400, 206}, {{0, curves.bases}, "bases seen"}, {range, "bits per base"});
    plot.polyline(inside(train, range), "s c1");
    plot.polyline(curves.valid, "s c2 thin");
    for (const auto& [x, y] : curves.valid) svg.circle(plot.x(x), plot.y(y), 3.5, "f c2");
    return svg;
}

Svg rate_figure(const Curves& curves) {
    const std::size_t stages = curves.chunks.size();
    Svg svg(460, 290, "Chunk length and learning rate during training",
            "Above, bases or chunks per chunk for each stage; below, the learning rate.");
    std::vector<Points> lines;
    for (const Points& stage : curves.chunks) lines.push_back(smoothed(stage));
    if (stages > 0) {
        const auto range = range_of(lines);
        Plot plot(svg, {48, 34, 400, 82}, {{0, curves.bases}, "", 0},
                  {range, "units of the stage below per chunk", 3});
        for (std::size_t s = 0; s < stages; ++s) {
            plot.polyline(inside(lines[s], range), fmt::format("s c{}", s % 4 + 1));
        }
    }
    const double top = stages > 0 ? 158 : 34;
    const Points rate = smoothed(curves.rate);
    double highest = 0;
    for (const auto& [x, y] : rate) highest = std::max(highest, y);
    Plot plot(svg, {48, top, 400, 240 - top}, {{0, curves.bases}, "bases seen"},
              {{0, highest * 1.06}, "learning rate", 3});
    plot.polyline(rate, "s m");
    return svg;
}

std::string curves_html(const Curves& curves) {
    if (curves.train.empty()) return paragraph("No training step was taken.");
    std::string html = paragraph(fmt::format(
        "Bits per base of every training batch (means of neighbouring steps) and of the "
        "validation split, against the {} bases that training has read in {} steps. Bits "
        "per base is the mean of −log2 of the probability that the model gave to the "
        "base that came; equal odds for A, C, G and T are 2. Values far above, of the "
        "first steps, are left out of the picture.",
        grouped(std::llround(curves.bases)), grouped(curves.steps)));
    std::vector<std::pair<std::string, std::string>> entries = {{"c1", "training"},
                                                                {"c2", "validation"}};
    for (std::size_t s = 0; curves.chunks.size() > 1 && s < curves.chunks.size(); ++s) {
        entries.emplace_back(fmt::format("c{}", s % 4 + 1), fmt::format("stage {} (right)", s));
    }
    html += legend(entries) + figures({bits_figure(curves), rate_figure(curves)});
    if (curves.valid.empty()) return html;
    Table table("Validation during training.", {"bases seen", "bits per base", "perplexity"}, 0);
    for (const auto& [bases, bits] : curves.valid) {
        table.row({grouped(std::llround(bases)), formats::shown(bits, 4),
                   formats::shown(std::exp2(bits), 3)});
    }
    return html + folded("Every validation as a table", table.html());
}

std::string model_html(const config::ConfigFile& file, std::int64_t parameters) {
    const config::TrainConfig& training = file.training;
    const auto ratio = config::resolve_target_ratio(file.model, training.target_ratio);
    std::string html = paragraph(
        "The layers of each stage in the order in which they read (m Mamba-2, t attention; "
        "capital: with a SwiGLU "
        "layer; the number says how many). A stage's encoder gives its chunks to the stage inside "
        "it, whose result its decoder "
        "spreads over the stage's positions again.");
    Table stages("Stages from the outside in; target: positions per chunk that training asked for.",
                 {"stage", "layers", "width", "target"}, 2);
    for (std::size_t s = 0; s < file.model.stages.size(); ++s) {
        const config::StageConfig& stage = file.model.stages[s];
        const bool inner = stage.innermost();
        stages.row({fmt::format("{}{}", s, inner ? " (innermost)" : ""),
                    inner ? stage.main
                          : fmt::format("{} → stage {} → {}", stage.encoder, s + 1, stage.decoder),
                    grouped(stage.d_model), inner ? "–" : fmt::format("{:g}", ratio.at(s))});
    }
    Table facts("Size and training.", {"what", "value"});
    facts.row({"parameters", grouped(parameters)});
    facts.row(
        {"FLOPs per base, forward", grouped(std::llround(config::flops_per_base(
                                        file.model, training.context, training.target_ratio)))});
    facts.row({"vocabulary", fmt::format("{} tokens", file.model.vocab_size)});
    facts.row({"context", grouped(training.context) + " bases"});
    facts.row({"batch",
               fmt::format("{} × {} bases", training.accumulate, grouped(training.batch_bases))});
    facts.row(
        {"learning rate of the outermost stage", fmt::format("{:g}", training.learning_rate)});
    facts.row({"windows read on the reverse strand",
               fmt::format("{:g} %", 100 * training.reverse_complement)});
    facts.row({"seed", fmt::format("{}", training.seed)});
    return html + side_by_side({stages.html(), facts.html()});
}

config::ConfigFile read_config(const nlohmann::json& json, const std::string& path) {
    try {
        return config::parse_config_file(json, path);
    } catch (const Error& error) {  // a damaged file, not a wrong command line
        throw input_error(error.what(), error.hint());
    }
}

// The fingerprints of a run's checkpoints, or of the checkpoint.
std::vector<std::string> models_in(const std::filesystem::path& run) {
    std::vector<std::filesystem::path> folders{run};
    if (std::filesystem::is_directory(run / "checkpoints")) {
        for (const auto& entry : std::filesystem::directory_iterator(run / "checkpoints")) {
            folders.push_back(entry.path());
        }
    }
    std::vector<std::string> models;
    for (const auto& folder : folders) {
        const auto state = folder / "state.json";
        if (!std::filesystem::exists(state)) continue;
        const nlohmann::json saved = read_json_file(state);
        const auto sum = saved.is_object() ? saved.find("weights_sha256") : saved.end();
        if (sum != saved.end() && sum->is_string()) models.push_back(*sum);
    }
    return models;
}

}  // namespace

void add_run_sections(Draft& draft) {
    const std::string& run = draft.request.run;
    const std::string path = run + "/config.json", metrics = run + "/metrics.csv";
    nlohmann::json json = read_json_file(path);
    const config::ConfigFile file = read_config(json, path);
    Source source{"model", path, "", "", "", ""};
    if (json.contains("provenance")) {
        JsonReader said(json["provenance"], path);
        source.version = said.get_or<std::string>("dna_hnet_version", "");
        source.command = said.get_or<std::string>("command", "");
        source.reference = said.get_or<std::string>("reference_sha256", "");
    }
    draft.inputs.add(std::move(source));
    draft.inputs.add_run(models_in(run));
    const std::int64_t parameters = config::parameter_count(file.model);
    draft.page.tiles.push_back({grouped(parameters), "parameters"});
    draft.page.sections.push_back({"model", "The model", model_html(file, parameters)});
    // A checkpoint's folder has no record of the way to it.
    if (!std::filesystem::exists(metrics) && std::filesystem::exists(run + "/model.safetensors")) {
        return;
    }
    const Curves curves = read_curves(draft.inputs.table("training", metrics, ','));
    draft.page.tiles.push_back({grouped(std::llround(curves.bases)), "bases read in training"});
    if (!curves.valid.empty() && draft.request.scores.empty()) {
        draft.page.tiles.push_back(
            {formats::shown(curves.valid.back().second, 4), "bits per base, last validation"});
    }
    draft.page.sections.push_back({"training", "Training", curves_html(curves)});
}

}  // namespace dna_hnet::report
