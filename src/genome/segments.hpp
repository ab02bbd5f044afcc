#pragma once
// Segments: maximal runs of a contig without kGapLength or more consecutive N (semantics.md section
// 2). State resets at a gap. Example: 10 ACGT, 50 N, 10 ACGT, 3 N, 10 ACGT -> segments [0,10) and
// [60,83).
#include <vector>

#include "genome/reference.hpp"

namespace dna_hnet::genome {

inline constexpr std::int64_t kGapLength = 50;

// Segments of the whole contig, in order. A contig of 50 or more N alone has none; one of fewer is
// a segment.
std::vector<Interval> find_segments(Reference& reference, std::int64_t contig);
// All contigs, in order.
std::vector<Interval> find_segments(Reference& reference);
// Whether an A, C, G or T stands in `piece`, which lies in a segment: then only a piece shorter
// than a gap must be read.
bool has_known_base(Reference& reference, const Interval& piece);

}  // namespace dna_hnet::genome
