#pragma once
// Which bases train, validate and test (semantics.md section 4).
#include <optional>
#include <string>
#include <vector>

#include "genome/bed.hpp"
#include "genome/reference.hpp"

namespace dna_hnet::genome {

enum class Split { none, train, valid, test };
std::string_view split_name(Split split);

struct SplitTable {
    std::vector<Interval> train, valid, test;  // each merged; disjoint
    // The split of every base of `interval`, as runs in order.
    std::vector<std::pair<Interval, Split>> runs(const Interval& interval) const;
};

struct SplitOptions {
    std::vector<BedRecord> bed;  // 4 columns, name = train|valid|test; empty: by contig
    std::string bed_place;       // for messages
    std::vector<std::string> valid_contigs, test_contigs;
    bool include_alt = false;
};

// By BED: bases outside it are in no split. A row that does not lie wholly inside the reference is
// skipped and counted, so that the published split of a whole genome serves a cut one; bad_input
// when no row remains.
// A base in two splits is bad_input. By contig: the named contigs; holding out chr20 also holds out
// chr20_*; the rest trains. Neither: the last 10 % of each contig is valid. Alternative, fix, decoy
// and unplaced contigs (*_alt *_fix *_decoy *_random *_hap1 chrUn chrUn_* HLA-* HLA:*) are left out
// unless include_alt; the pattern is applied to the name behind a label (LABEL#contig). Usage
// error: a contig in two splits, a named contig that is left out, or nothing left to train on.
struct SkippedRows {
    std::int64_t without_contig = 0;  // on contigs that are unknown or left out
    std::int64_t past_end = 0;        // that end past their contig's end
};
struct SplitResult {
    SplitTable table;
    SkippedRows skipped;
    std::vector<std::string> left_out;  // names of contigs left out
    bool by_default = false;            // the 10 % rule was used
};
SplitResult make_splits(const Reference& reference, const SplitOptions& options);

}  // namespace dna_hnet::genome
