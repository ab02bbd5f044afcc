#include "hts/variant_text.hpp"

#include <fmt/format.h>
#include <htslib/bgzf.h>
#include <htslib/hfile.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>

namespace dna_hnet::hts {
namespace {

constexpr std::size_t kBuffer = 65536;
// CHROM POS ID REF ALT QUAL FILTER INFO
constexpr std::size_t kFixedColumns = 8;
// Longer positions do not fit in 63 bits.
constexpr std::size_t kPositionDigits = 18;

bool is_number(std::string_view text) {
    const std::string copy(text);
    char* end = nullptr;
    std::strtod(copy.c_str(), &end);
    return !copy.empty() && *end == '\0';
}

bool is_position(std::string_view text) {
    return !text.empty() && text.size() <= kPositionDigits &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool is_graphic(std::string_view text) {
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

std::string problem_of_alternatives(std::string_view text) {
    if (!is_graphic(text)) return "ALT is empty or not text";
    if (text.front() == ',' || text.back() == ',' || text.find(",,") != text.npos) {
        return "ALT has an empty allele";
    }
    return "";
}

// A control byte in a line is none of a VCF; htslib ends at a NUL.
std::string problem_of_bytes(std::string_view line) {
    const auto found = std::find_if(line.begin(), line.end(), [](char c) {
        return (static_cast<unsigned char>(c) < ' ' && c != '\t') || c == '\x7f';
    });
    if (found == line.end()) return "";
    return fmt::format("byte 0x{:02x} at {} of its line, which is no text",
                       static_cast<unsigned char>(*found), found - line.begin() + 1);
}

}  // namespace

VcfLines::VcfLines(htsFile& file) : file_(file), buffer_(new char[kBuffer]) {}

bool VcfLines::fill() {
    begin_ = end_ = 0;
    ssize_t got = 0;
    if (file_.is_bgzf) {
        // Up to the end of the block only: what stands before a damaged block is still read.
        BGZF* const bgzf = file_.fp.bgzf;
        const int first = bgzf_peek(bgzf);
        if (first < 0) return first == -1 && bgzf->errcode == 0;
        const auto left = static_cast<std::size_t>(bgzf->block_length - bgzf->block_offset);
        got = bgzf_read(bgzf, buffer_.get(), std::min(left, kBuffer));
    } else {
        got = hread(file_.fp.hfile, buffer_.get(), kBuffer);
    }
    if (got < 0) return false;
    end_ = static_cast<std::size_t>(got);
    return true;
}

VcfLines::Status VcfLines::next() {
    line_.clear();
    while (true) {
        if (begin_ == end_) {
            if (!fill()) return Status::damaged;
            if (end_ == 0) {
                whole_ = line_.empty();
                return whole_ ? Status::end : Status::line;
            }
        }
        const char* const start = buffer_.get() + begin_;
        const auto* const newline =
            static_cast<const char*>(std::memchr(start, '\n', end_ - begin_));
        const auto length = newline ? static_cast<std::size_t>(newline - start) : end_ - begin_;
        line_.append(start, length);
        begin_ += length + (newline ? 1 : 0);
        if (!newline) continue;
        if (!line_.empty() && line_.back() == '\r') line_.pop_back();
        whole_ = true;
        return Status::line;
    }
}

std::size_t count_columns(std::string_view line) {
    return static_cast<std::size_t>(std::count(line.begin(), line.end(), '\t')) + 1;
}

std::string problem_of_line(std::string_view line, std::size_t columns, VcfPlace& place) {
    std::array<std::string_view, kFixedColumns> fixed;
    std::size_t begin = 0, found = 0;
    while (found < kFixedColumns && begin <= line.size()) {
        const std::size_t end = std::min(line.find('\t', begin), line.size());
        fixed[found++] = line.substr(begin, end - begin);
        begin = end + 1;
    }
    if (found > 1 && is_graphic(fixed[0]) && is_position(fixed[1])) place = {fixed[0], fixed[1]};
    if (const std::string problem = problem_of_bytes(line); !problem.empty()) return problem;
    // Without samples FORMAT may be there or not.
    const std::size_t got = count_columns(line);
    const bool bare = columns <= kFixedColumns + 1 && got >= kFixedColumns;
    if (bare ? got > kFixedColumns + 1 : got != columns) {
        return fmt::format("got {} columns, expected {}", got, columns);
    }
    const auto& [contig, position, id, ref, alt, quality, filter, info] = fixed;
    if (contig.empty()) return "CHROM is empty";
    if (!is_position(position)) return fmt::format("POS is '{}', expected a number", position);
    if (!is_graphic(ref)) return "REF is empty or not text";
    if (const std::string problem = problem_of_alternatives(alt); !problem.empty()) return problem;
    if (quality != "." && !is_number(quality)) {
        return fmt::format("QUAL is '{}', expected a number or '.'", quality);
    }
    return "";
}

}  // namespace dna_hnet::hts
