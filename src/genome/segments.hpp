#pragma once
// Segments: maximal runs of a contig without kGapLength or more consecutive N (semantics.md section
// 2). State resets at a gap. Example: 10 ACGT, 50 N, 10 ACGT, 3 N, 10 ACGT -> segments [0,10) and
// [60,83).
#include <vector>

#include "genome/reference.hpp"

namespace dna_hnet::genome {

inline constexpr std::int64_t kGapLength = 50;

// Segments of the whole contig, in order. A contig of N only has none; a contig shorter than 50 of
// N only has none either.
std::vector<Interval> find_segments(Reference& reference, std::int64_t contig);
// All contigs, in order.
std::vector<Interval> find_segments(Reference& reference);

}  // namespace dna_hnet::genome
