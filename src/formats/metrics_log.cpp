#include "formats/metrics_log.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/atomic_file.hpp"
#include "core/error.hpp"
#include "core/json_reader.hpp"

namespace dna_hnet::formats {
namespace {

// Names go into CSV without quotes and into JSON without escapes.
void require_name(std::string_view name, std::string_view what) {
    const bool plain = std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_' || c == '.' || c == '-' || c == '/';
    });
    if (name.empty() || !plain) {
        throw run_error(
            fmt::format("metrics: {} \"{}\": expected letters, digits and _ . - /", what, name));
    }
}

// The shortest text that reads back to the same double.
std::string number_text(double value, const char* not_finite) {
    return std::isfinite(value) ? fmt::format("{}", value) : not_finite;
}

}  // namespace

void MetricsLog::Output::append(const std::string& line) {
    if (std::fwrite(line.data(), 1, line.size(), file.get()) != line.size() ||
        std::fflush(file.get()) != 0) {
        throw run_error(fmt::format("{}: cannot write: {}", path.string(), errno_text()));
    }
}

MetricsLog::MetricsLog(const std::filesystem::path& folder, std::vector<std::string> columns,
                       std::optional<std::int64_t> keep_until_step)
    : columns_(std::move(columns)),
      jsonl_{folder / "metrics.jsonl", nullptr},
      csv_{folder / "metrics.csv", nullptr} {
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        require_name(columns_[i], "column");
        const auto here = columns_.begin() + static_cast<std::ptrdiff_t>(i);
        if (columns_[i] == "step" || columns_[i] == "event" ||
            std::find(columns_.begin(), here, columns_[i]) != here) {
            throw run_error(fmt::format("metrics: column \"{}\" is taken", columns_[i]));
        }
    }
    std::string csv = "step,event", kept;
    for (const std::string& column : columns_) csv += "," + column;
    csv += "\n";
    std::error_code absent;
    if (keep_until_step && std::filesystem::exists(jsonl_.path, absent)) {
        kept = kept_lines(read_file(jsonl_.path), *keep_until_step, csv);
    }
    write_file_atomically(jsonl_.path, kept);
    write_file_atomically(csv_.path, csv);
    for (Output* output : {&jsonl_, &csv_}) {
        output->file.reset(std::fopen(output->path.c_str(), "ab"));
        if (!output->file) {
            throw run_error(
                fmt::format("{}: cannot write: {}", output->path.string(), errno_text()));
        }
    }
}

std::string MetricsLog::kept_lines(const std::string& text, std::int64_t keep_until_step,
                                   std::string& csv) const {
    std::string kept;
    std::size_t begin = 0;
    for (std::int64_t number = 1; begin < text.size(); ++number) {
        const std::size_t end = text.find('\n', begin);
        if (end == std::string::npos) break;  // the run was killed inside this line
        const std::string line = text.substr(begin, end - begin);
        begin = end + 1;
        const std::string place = fmt::format("{}:{}", jsonl_.path.string(), number);
        JsonReader event(parse_json(line, place), place);
        const auto step = event.get<std::int64_t>("step");
        const auto name = event.get<std::string>("event");
        if (step > keep_until_step) continue;
        Cells cells(columns_.size());
        for (std::size_t i = 0; i < columns_.size(); ++i) {
            if (!event.has(columns_[i])) continue;
            cells[i] = event.raw(columns_[i]).is_null() ? std::numeric_limits<double>::quiet_NaN()
                                                        : event.get<double>(columns_[i]);
        }
        kept += line + "\n";
        csv += csv_row(step, name, cells);
    }
    return kept;
}

std::string MetricsLog::csv_row(std::int64_t step, std::string_view event,
                                const Cells& cells) const {
    std::string row = fmt::format("{},{}", step, event);
    for (const std::optional<double>& cell : cells) {
        row += ",";
        if (cell) row += number_text(*cell, "NA");
    }
    return row + "\n";
}

void MetricsLog::write(std::int64_t step, std::string_view event,
                       const std::vector<std::pair<std::string, double>>& values) {
    require_name(event, "event");
    Cells cells(columns_.size());
    for (const auto& [key, value] : values) {
        const auto column = std::find(columns_.begin(), columns_.end(), key);
        if (column == columns_.end())
            throw run_error(fmt::format("metrics: \"{}\" is no column", key));
        std::optional<double>& cell = cells[static_cast<std::size_t>(column - columns_.begin())];
        if (cell) throw run_error(fmt::format("metrics: \"{}\" stands twice in one event", key));
        cell = value;
    }
    std::string line = fmt::format("{{\"step\":{},\"event\":\"{}\"", step, event);
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        if (cells[i])
            line += fmt::format(",\"{}\":{}", columns_[i], number_text(*cells[i], "null"));
    }
    jsonl_.append(line + "}\n");
    csv_.append(csv_row(step, event, cells));
}

}  // namespace dna_hnet::formats
