#pragma once
// `dna-hnet merge`: joins what scattered jobs wrote into what one run writes, byte for byte
// (semantics.md sections 1 and 2). Torch-free.
//
// Inputs are files of one kind, told by what is in them, or prefixes of jobs that wrote several
// files; in any order.
//
//   chunk BED, universe BED, `score --by` table   rows sorted by contig name and start
//   bigWig, bigBed                                values or rows by contig name and position
//   `score --blocks`, `boundaries --counts`       the summary, from the added sums
//
// Intervals of `--by FILE.bed` must be sorted like that for the joined table to be the single
// run's; steps of `--by N` must not be cut by the jobs' regions.
#include <optional>
#include <string>
#include <vector>

#include "core/version.hpp"
#include "genome/reference.hpp"

namespace dna_hnet::tasks {

struct MergeRequest {
    std::vector<std::string> inputs;  // files, or prefixes
    std::string output;               // a file, or a prefix where the inputs are prefixes
    std::string sums;                 // --sums: also the added sums, in the form of a job's; or ""
    bool keeps_counts = true;         // of prefixes: PREFIX.counts.tsv beside PREFIX.summary.tsv
    // What the jobs together must have read: the regions, or without them everything. Without a
    // reference only overlaps are found, not gaps.
    genome::Reference* reference = nullptr;
    std::optional<std::vector<genome::Interval>> regions;
    Provenance provenance;
};

// All outputs or, on an error before they are closed, none. bad_input: an input that is missing,
// damaged, unsorted or of another kind, model or reference than the first; bases that two jobs have
// read, or none. usage error: prefixes beside files, an output that is an input, `sums` without
// sums, "-" for several files or a bigWig or bigBed.
void merge(const MergeRequest& request);
// Several, whose outputs are one command's: all or none.
void merge(const std::vector<MergeRequest>& requests);

}  // namespace dna_hnet::tasks
