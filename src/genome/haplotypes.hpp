#pragma once
// Where an alternative haplotype differs from the reference in one reading direction, and the
// window that both are read in (semantics.md section 7). Spelling does not matter: left-aligned,
// right-aligned and padded records of one haplotype give one difference.
#include <cstdint>
#include <optional>
#include <vector>

#include "genome/reference.hpp"

namespace dna_hnet::genome {

// The reference with `replaced` taken out and `bases` in its place, forward strand.
struct Replacement {
    Interval replaced;
    std::vector<Base> bases;
};

// Both haplotypes are the window's first `first` bases, then the reference's next `ref_length`
// bases (r) or `alternative` (a), then the rest of the window (T), all in reading direction.
struct Difference {
    Strand strand = Strand::forward;
    Interval window;         // of the reference, forward coordinates, inside one segment
    std::int64_t first = 0;  // where the haplotypes first differ
    std::int64_t ref_length = 0;
    std::vector<Base> alternative;  // without soft-mask bits

    std::int64_t tail() const { return window.length() - first - ref_length; }  // |T|
};

// Reading starts at a multiple of this, counted from the contig's first base in reading direction.
inline constexpr std::int64_t kStartGrid = 512;

// The window: `context` reference bases from the last multiple of kStartGrid that leaves at least
// context / 2 bases before the first difference; longer where r would not fit; cut at the segment's
// ends. `segment` holds the replaced bases. Nothing when the two haplotypes are equal.
std::optional<Difference> find_difference(Reference& reference, const Interval& segment,
                                          const Replacement& replacement, Strand strand,
                                          std::int64_t context);

// Takes from both strings their common beginning, then their common end. Returns how long the
// beginning was.
std::int64_t trim_common(std::vector<Base>& reference, std::vector<Base>& alternative);

// Bases of the interval in reading direction, without soft-mask bits.
std::vector<Base> read_bases(Reference& reference, const Interval& interval, Strand strand);

}  // namespace dna_hnet::genome
