#pragma once
// The lines of a VCF as htslib's file hands out its bytes, and what a line must be before htslib
// parses it: htslib itself fills in missing columns and reads a POS that is no number as 0.
#include <htslib/hts.h>

#include <memory>
#include <string>
#include <string_view>

namespace dna_hnet::hts {

class VcfLines {
  public:
    enum class Status { line, end, damaged };
    // `file` is plain, gzip or bgzip text, open for reading, and outlives this.
    explicit VcfLines(htsFile& file);
    // The next line, without its newline and a CR before it.
    Status next();
    std::string& line() { return line_; }
    // Whether the last line ended in a newline; without one the file was cut.
    bool is_whole() const { return whole_; }

  private:
    bool fill();  // false on an error; no byte at the end

    htsFile& file_;
    std::unique_ptr<char[]> buffer_;
    std::size_t begin_ = 0, end_ = 0;
    std::string line_;
    bool whole_ = true;
};

// What of a record's line is looked at; the views point into it.
struct VcfPlace {
    std::string_view contig, position;
};

// Why this line is no record, empty when it is one: "got 4 columns, expected 8". `columns` are
// those of the header's last line. `place` gets what can be read of it.
std::string problem_of_line(std::string_view line, std::size_t columns, VcfPlace& place);

std::size_t count_columns(std::string_view line);

}  // namespace dna_hnet::hts
