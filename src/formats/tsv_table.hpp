#pragma once
// Tables as TsvWriter writes them, read back: '#' lines, one header row, cells; NA is a missing
// value. The lines come from the caller, who opens plain and compressed files alike.
//
//   TsvTable table("score.tsv");
//   hts::for_each_line("score.tsv", [&](std::string_view line) { table.add_line(line); });
//   double bits = table.number(0, table.column("bits_per_base"));
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dna_hnet::formats {

class TsvTable {
  public:
    // `place`: the file, for messages. `separator`: ',' for metrics.csv.
    explicit TsvTable(std::string place, char separator = '\t');

    // bad_input with file:line for a row that has not one cell per column, and for a column name
    // that is empty or there twice. Empty lines are passed over.
    void add_line(std::string_view line);

    const std::string& place() const { return place_; }
    const std::vector<std::string>& comments() const { return comments_; }  // without the '#'
    const std::vector<std::string>& columns() const { return columns_; }
    std::size_t rows() const { return lines_.size(); }
    bool has(std::string_view column) const;
    // bad_input when there is none, and when the file had no header row.
    std::size_t column(std::string_view name) const;

    const std::string& text(std::size_t row, std::size_t column) const;
    // NaN for NA and for an empty cell; bad_input with file:line for what is no number.
    double number(std::size_t row, std::size_t column) const;
    std::int64_t integer(std::size_t row, std::size_t column) const;  // bad_input on NA

  private:
    [[noreturn]] void fail(std::size_t row, std::size_t column, std::string_view expected) const;

    std::string place_;
    char separator_;
    std::int64_t line_ = 0;
    std::vector<std::string> comments_, columns_;
    std::vector<std::string> cells_;   // rows end to end
    std::vector<std::int64_t> lines_;  // of each row in the file, from 1
};

}  // namespace dna_hnet::formats
