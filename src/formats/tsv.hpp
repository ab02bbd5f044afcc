#pragma once
// Tables of tab-separated values: provenance as '#' lines, one header row, missing values as NA.
// The text goes to a sink, so that the caller chooses a plain file, standard output or bgzip.
//
//   TsvWriter table([&](std::string_view text) { file.write(text); }, {"contig", "bits"},
//   provenance); table.text("chr20").number(1.91).end_row();       // "chr20\t1.910000\n"
//   table.text("chr21").missing().end_row();          // "chr21\tNA\n"
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/version.hpp"

namespace dna_hnet::formats {

using TextSink = std::function<void(std::string_view)>;

// Fixed decimals; NaN is NA, infinities are inf and -inf.
std::string tsv_number(double value, int decimals = 6);

class TsvWriter {
  public:
    // Writes the comment lines and the header row.
    TsvWriter(TextSink sink, const std::vector<std::string>& columns, const Provenance& provenance);

    TsvWriter& text(
        std::string_view value);  // run_failed on a tab or a line end; empty becomes "."
    TsvWriter& integer(std::int64_t value);
    TsvWriter& number(double value, int decimals = 6);
    TsvWriter& missing();  // NA
    void end_row();        // run_failed when the row has not one cell per column

  private:
    TsvWriter& append(std::string_view cell);

    TextSink sink_;
    std::size_t columns_, cells_ = 0;
    std::string row_;
};

}  // namespace dna_hnet::formats
