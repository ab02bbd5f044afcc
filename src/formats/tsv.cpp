#include "formats/tsv.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <utility>

#include "core/error.hpp"

namespace dna_hnet::formats {
namespace {

void require_plain(std::string_view value) {
    if (value.find_first_of("\t\n\r") != std::string_view::npos) {
        throw run_error(fmt::format("table: \"{}\" holds a tab or a line end", value));
    }
}

}  // namespace

std::string tsv_number(double value, int decimals) {
    if (std::isnan(value)) return "NA";
    if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
    std::string text = fmt::format("{:.{}f}", value, decimals);
    // "-0.000000" would make equal tables differ.
    if (text.front() == '-' && text.find_first_not_of("-0.") == std::string::npos) text.erase(0, 1);
    return text;
}

TsvWriter::TsvWriter(TextSink sink, const std::vector<std::string>& columns,
                     const Provenance& provenance)
    : sink_(std::move(sink)), columns_(columns.size()) {
    if (columns.empty()) throw run_error("table: no columns");
    for (const std::string& column : columns) require_plain(column);
    sink_(provenance.comment_lines());
    sink_(fmt::format("{}\n", fmt::join(columns, "\t")));
}

TsvWriter& TsvWriter::append(std::string_view cell) {
    if (cells_ > 0) row_ += '\t';
    row_ += cell;
    ++cells_;
    return *this;
}

TsvWriter& TsvWriter::text(std::string_view value) {
    require_plain(value);
    return append(value.empty() ? "." : value);
}

TsvWriter& TsvWriter::integer(std::int64_t value) {
    return append(fmt::format("{}", value));
}

TsvWriter& TsvWriter::number(double value, int decimals) {
    return append(tsv_number(value, decimals));
}

TsvWriter& TsvWriter::missing() {
    return append("NA");
}

void TsvWriter::end_row() {
    if (cells_ != columns_) {
        throw run_error(fmt::format("table: a row of {} cells, expected {}", cells_, columns_));
    }
    row_ += '\n';
    sink_(row_);
    row_.clear();
    cells_ = 0;
}

}  // namespace dna_hnet::formats
