#pragma once
// The boundaries of one strand and stage, from a chunk file of `dna-hnet boundaries`.
#include <string>
#include <vector>

#include "annotation/contig_signal.hpp"
#include "genome/reference.hpp"

namespace dna_hnet::annotation {

struct BoundarySet {
    std::string path;
    std::string model;  // its fingerprint, where the file states it
    genome::Strand strand = genome::Strand::forward;
    std::int64_t stage = 0;
    // Per contig of the reference: the first bases of chunks in reading direction, without the
    // forced ones; empty where the file has no row.
    std::vector<BaseMarks> first_bases;
    std::vector<genome::Interval> covered;  // the rows, merged
};

// bad_input with file:line: not 13 columns, an unknown contig (names the closest), a name that is
// not sS_<first base>, a chunk that begins before the last one has ended, two strands or stages in
// one file, no row, the fingerprint of another reference.
BoundarySet read_boundaries(const std::string& path, const genome::Reference& reference);

// bad_input unless the rows cover the universe (merged): chunks tile what was read. What an
// interval holds before its first chunk, in reading direction, belongs to one that begins outside;
// the first base of a segment begins one.
void require_cover(const BoundarySet& set, const std::vector<genome::Interval>& universe,
                   genome::Reference& reference);

// PREFIX.universe.bed.gz of PREFIX.stageS.{fwd,rev}.chunks.bed[.gz]; usage error for another name.
std::string universe_beside(const std::string& boundaries);

}  // namespace dna_hnet::annotation
