#pragma once
// BED with 3 to 12 columns, by lines. Plain text here; hts::read_bed opens .gz as well.
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "genome/reference.hpp"

namespace dna_hnet::genome {

struct BedRecord {
    std::string contig;
    std::int64_t begin = 0, end = 0;  // 0-based, half-open
    std::string name;                 // column 4, or empty
    std::string score;                // column 5, or empty
    char strand = '.';                // column 6, or '.'
    std::vector<std::string> rest;    // columns 7 and up
    std::int64_t line = 0;            // 1-based, for messages
};

class BedParser {
  public:
    explicit BedParser(std::string place) : place_(std::move(place)) {}
    // False for a comment, track, browser or empty line. Throws bad_input (`regions.bed:17: end 90 is before begin 100`) on fewer
    // than 3 columns, another column count than the first record's, a coordinate that is no number, or end < begin.
    bool parse_line(std::string_view line, BedRecord& record);
    const std::string& place() const { return place_; }

  private:
    std::string place_;
    std::int64_t line_ = 0, columns_ = 0;
};

// The record as an interval of `reference`; throws bad_input naming the line on an unknown contig or an end past the contig.
Interval resolve(const BedRecord& record, const Reference& reference, std::string_view place);

// Throws bad_input when the records are not sorted by begin within runs of one contig.
void require_sorted(const std::vector<BedRecord>& records, std::string_view place);

}  // namespace dna_hnet::genome
