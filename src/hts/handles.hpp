#pragma once
// htslib's C types, owned. Included by source files of this layer only: its users see no htslib
// header.
#include <htslib/bgzf.h>
#include <htslib/faidx.h>
#include <htslib/kstring.h>

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "core/atomic_group.hpp"

namespace dna_hnet::hts {

// Positions that a tabix index can hold; beyond it CSI, with the same smallest bin.
inline constexpr std::int64_t kTabixLimit = std::int64_t{1} << 29;
inline constexpr int kCsiMinShift = 14;

// A pipe or a device cannot be replaced by a finished file: it is written as it is, like stdout.
bool is_stream(const std::string& target);

// An index of the file that is replaced must not outlive it: .tbi and .csi beside the target go, at
// once or when the group is committed.
void remove_indexes(const std::string& target, AtomicGroup* group);

struct CloseBgzf {
    // For readers and for writers that are given up: a writer that counts is closed by hand and
    // checked.
    void operator()(BGZF* file) const { static_cast<void>(bgzf_close(file)); }
};
using BgzfHandle = std::unique_ptr<BGZF, CloseBgzf>;

struct DestroyFaidx {
    void operator()(faidx_t* index) const { fai_destroy(index); }
};
using FaidxHandle = std::unique_ptr<faidx_t, DestroyFaidx>;

struct Free {
    void operator()(char* text) const { std::free(text); }
};
using CText = std::unique_ptr<char, Free>;

enum class Compression { none, gzip, bgzip };

// Lines of a plain, gzip or bgzip file, or of stdin ("-").
//   LineReader reader("x.bed.gz"); std::string_view line; while (reader.next(line)) ...
class LineReader {
  public:
    // bad_input when the file cannot be opened, or is BGZF without its end-of-file block (not known
    // of stdin before its end).
    explicit LineReader(std::string path);
    ~LineReader();
    LineReader(const LineReader&) = delete;
    LineReader& operator=(const LineReader&) = delete;

    Compression compression() const;
    // False at the end. The line lives until the next call. bad_input on a damaged or truncated
    // file.
    bool next(std::string_view& line);

  private:
    std::string path_;
    BgzfHandle file_;
    kstring_t buffer_ = KS_INITIALIZE;
    std::int64_t lines_ = 0;
};

}  // namespace dna_hnet::hts
