#pragma once
// What a SAM record says, as bases and places. Included by source files of this layer only.
#include <htslib/sam.h>

#include <vector>

#include "genome/read_source.hpp"

namespace dna_hnet::hts {

// Fills bases, masked, blocks, masked_columns and the end of `read.place`, whose contig and begin
// are set.
void take_aligned(const bam1_t& record, int min_base_quality, genome::AlignedRead& read);
// The whole sequence of a record, soft clips too; none of it placed.
void take_unplaced(const bam1_t& record, int min_base_quality, genome::AlignedRead& read);

// Mismatches, inserted and deleted bases, as the NM tag counts them. `span`: the reference from the
// first to the last aligned base.
std::int64_t edit_distance(const bam1_t& record, const std::vector<genome::Base>& span);

}  // namespace dna_hnet::hts
