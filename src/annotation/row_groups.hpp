#pragma once
// What is counted together: the features of one name and orientation.
#include <memory>
#include <optional>

#include "annotation/codon_phase.hpp"
#include "annotation/tally.hpp"

namespace dna_hnet::annotation {

using Shifts = std::vector<std::vector<std::int64_t>>;  // [piece][rotation]

struct RowGroup {
    std::string name, orientation;  // sense, antisense, or "." for features without strand
    std::vector<Feature> features;
    std::int64_t kept = 0, starts = 0, ends = 0;  // with a scored base; whose first / last base is
    std::optional<Tally> body, start, end;

    void open(std::int64_t rotations, std::int64_t blocks);
    // block[i]: the bootstrap's number of the contig's i-th 100 kb.
    void add(const ContigSignal& signal, std::int64_t contig, const std::int64_t* block,
             const Shifts& shifts);
};

struct PhaseGroup {
    std::string name, orientation;
    char strand = '+';  // of the genes
    std::vector<CodingExon> coding;
    std::vector<ExonCounts> exons;
    void add(const ContigSignal& signal, std::int64_t contig);
};

std::vector<RowGroup> row_groups(const std::vector<FeatureSet>& sets, genome::Strand strand);
std::vector<PhaseGroup> phase_groups(const std::vector<FeatureSet>& sets, genome::Strand strand);

// Numbers the 100-kb blocks that hold a base of the universe; -1 stays for the others.
std::int64_t number_blocks(const genome::Reference& reference,
                           const std::vector<genome::Interval>& universe,
                           std::vector<std::int64_t>& numbers);

}  // namespace dna_hnet::annotation
