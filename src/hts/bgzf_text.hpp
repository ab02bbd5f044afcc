#pragma once
// Lines in and out of plain or bgzip-compressed text, and tabix / CSI indexes.
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/atomic_group.hpp"
#include "genome/bed.hpp"

namespace dna_hnet::hts {

// Calls `line` for every line without its newline (a CR at the end is dropped). Plain, gzip or
// bgzip; "-" is stdin. bad_input when the file is missing or truncated.
void for_each_line(const std::string& path, const std::function<void(std::string_view)>& line);

// The lines of an indexed BED (bgzip with .tbi or .csi beside it) that touch [begin, end) of a
// contig, in the file's order; none for a contig that the file does not name. bad_input when the
// file or its index is missing or damaged.
void for_each_line_in(const std::string& path, const std::string& contig, std::int64_t begin,
                      std::int64_t end, const std::function<void(std::string_view)>& line);

// The same as for_each_line, a line at a time: for files that are read beside each other.
class TextReader {
  public:
    explicit TextReader(const std::string& path);
    ~TextReader();
    TextReader(TextReader&&) noexcept;
    bool next(std::string_view& line);  // false at the end; the line lives until the next call

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

// All records of a BED (3-12 columns, .gz or plain); not required to be sorted.
std::vector<genome::BedRecord> read_bed(const std::string& path);
// The same, resolved against a reference; an error names file and line.
std::vector<genome::Interval> read_bed_intervals(const std::string& path,
                                                 const genome::Reference& reference);

// Writes text that is bgzip-compressed when the target ends in .gz, plain otherwise; "-" is stdout,
// plain. Atomic except on stdout.
class TextWriter {
  public:
    enum class Index {
        none,
        bed
    };  // bed: tabix (.tbi), CSI (.csi) where a contig is longer than 512 Mb; only for .gz
    // With a group the file and its index appear when the group is committed.
    TextWriter(std::string target, Index index, std::int64_t longest_contig = 0,
               AtomicGroup* group = nullptr);
    ~TextWriter();
    TextWriter(const TextWriter&) = delete;
    TextWriter& operator=(const TextWriter&) = delete;
    void write(std::string_view text);
    void close();  // flush, index, rename; run_failed on a late write error too

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace dna_hnet::hts
