#include "formats/tsv_table.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <utility>

#include "core/error.hpp"

namespace dna_hnet::formats {
namespace {

std::vector<std::string> split(std::string_view line, char separator) {
    std::vector<std::string> cells;
    for (std::size_t begin = 0; begin <= line.size();) {
        const std::size_t end = std::min(line.find(separator, begin), line.size());
        cells.emplace_back(line.substr(begin, end - begin));
        begin = end + 1;
    }
    return cells;
}

template <class T>
bool parse(const std::string& text, T& value) {
    const char* const end = text.data() + text.size();
    const auto [rest, status] = std::from_chars(text.data(), end, value);
    return status == std::errc() && rest == end;
}

}  // namespace

TsvTable::TsvTable(std::string place, char separator)
    : place_(std::move(place)), separator_(separator) {}

void TsvTable::add_line(std::string_view line) {
    ++line_;
    if (line.empty()) return;
    if (line[0] == '#') {
        if (columns_.empty()) comments_.emplace_back(line.substr(1));
        return;
    }
    std::vector<std::string> cells = split(line, separator_);
    if (columns_.empty()) {
        columns_ = std::move(cells);
        for (auto name = columns_.begin(); name != columns_.end(); ++name) {
            if (name->empty() || std::find(columns_.begin(), name, *name) != name) {
                throw input_error(fmt::format(
                    "{}:{}: column name '{}' is empty or there twice, expected a header row",
                    place_, line_, *name));
            }
        }
        return;
    }
    if (cells.size() != columns_.size()) {
        throw input_error(fmt::format("{}:{}: {} cells, expected {}", place_, line_, cells.size(),
                                      columns_.size()));
    }
    lines_.push_back(line_);
    std::move(cells.begin(), cells.end(), std::back_inserter(cells_));
}

bool TsvTable::has(std::string_view column) const {
    return std::find(columns_.begin(), columns_.end(), column) != columns_.end();
}

std::size_t TsvTable::column(std::string_view name) const {
    if (columns_.empty()) {
        throw input_error(fmt::format("{}: empty, expected a table with a header row", place_));
    }
    const auto found = std::find(columns_.begin(), columns_.end(), name);
    if (found == columns_.end()) {
        throw input_error(fmt::format("{}: no column '{}'; its columns are {}", place_, name,
                                      fmt::join(columns_, " ")));
    }
    return static_cast<std::size_t>(found - columns_.begin());
}

const std::string& TsvTable::text(std::size_t row, std::size_t column) const {
    return cells_.at(row * columns_.size() + column);
}

double TsvTable::number(std::size_t row, std::size_t column) const {
    const std::string& cell = text(row, column);
    if (cell.empty() || cell == "NA") return std::numeric_limits<double>::quiet_NaN();
    double value = 0;
    if (!parse(cell, value)) fail(row, column, "a number or NA");
    return value;
}

std::int64_t TsvTable::integer(std::size_t row, std::size_t column) const {
    std::int64_t value = 0;
    if (!parse(text(row, column), value)) fail(row, column, "a whole number");
    return value;
}

void TsvTable::fail(std::size_t row, std::size_t column, std::string_view expected) const {
    throw input_error(fmt::format("{}:{}: column {}: got '{}', expected {}", place_, lines_.at(row),
                                  columns_.at(column), text(row, column), expected));
}

}  // namespace dna_hnet::formats
