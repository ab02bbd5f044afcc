#pragma once
// BED with 3 or more columns, by lines; fields part at tabs, or at blanks where a line has no tab.
// Plain text here; hts::read_bed opens .gz as well.
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
    // False for a comment, track, browser or empty line. Throws bad_input (`regions.bed:17: end 90
    // is before begin 100`) on fewer than 3 columns, another column count than the first record's,
    // an empty contig name, a coordinate that is no number, end < begin, or a strand other than + -
    // .
    bool parse_line(std::string_view line, BedRecord& record);
    const std::string& place() const { return place_; }

  private:
    std::string place_;
    std::int64_t line_ = 0, columns_ = 0;
};

// The record as an interval of `reference`; throws bad_input naming the line on an unknown contig
// or an end past the contig.
Interval resolve(const BedRecord& record, const Reference& reference, std::string_view place);
Interval resolve(const BedRecord& record, const ContigTable& contigs,
                 std::string_view place);  // the same, for many records

// Throws bad_input where a row that begins with `contig` would be a comment.
void require_row_name(const std::string& contig);

// Throws bad_input unless each contig is one run of records, sorted by begin.
void require_sorted(const std::vector<BedRecord>& records, std::string_view place);

}  // namespace dna_hnet::genome
