#pragma once
// `dna-hnet score --reads`: bits per base of sequencing reads, and of the reference that each one
// was aligned to (semantics.md section 8). Torch-free.
//
// A read is one sequence with its own BOS: its aligned and inserted bases, in the direction it was
// sequenced in or along the reference. The reference beside it is what its alignment covers, read
// from the same cold start in the same direction, N wherever the read is N there.
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/version.hpp"
#include "evaluate/model_runner.hpp"
#include "formats/tsv.hpp"
#include "genome/read_source.hpp"
#include "genome/reference.hpp"

namespace dna_hnet::tasks {

struct ReadScoreRequest {
    std::string model;                 // checkpoint or run
    evaluate::ReadingOptions reading;  // context 0: the one it was trained with
    bool baselines = false, all_orders = false;
    bool as_aligned = false;   // false: as sequenced
    formats::TextSink output;  // the table by split, of the reads' bases
    formats::TextSink reads;   // a row per read; may be empty
    Provenance provenance;
};

// Columns of the table of reads: read flag mapq contig start end strand aligned_bases scored_bases
// masked_bases nm bits ref_bits delta_bits. start and end are 0-based, half-open; bits and ref_bits
// are means per scored base, delta_bits is their difference.
const std::vector<std::string>& read_columns();

struct ReadTotals {
    std::int64_t reads = 0, scored = 0;  // scored: bases of reads
    double bits_per_base = 0;            // NaN without scored bases
    double median_delta = 0;             // NaN without a read that has one
};

// Files one after another, reads in their order. A read's split is that of all the bases it covers;
// `none` where they differ. bad_input when no read is used.
ReadTotals score_reads(genome::Reference& reference,
                       const std::vector<std::unique_ptr<genome::ReadSource>>& sources,
                       const ReadScoreRequest& request);

}  // namespace dna_hnet::tasks
