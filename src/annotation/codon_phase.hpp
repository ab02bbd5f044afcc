#pragma once
// Boundaries by codon position (semantics.md section 6).
#include <array>
#include <cstdint>
#include <vector>

#include "annotation/contig_signal.hpp"
#include "annotation/feature_file.hpp"
#include "annotation/tally.hpp"

namespace dna_hnet::annotation {

// Counts of one exon by codon position 0, 1, 2 of its bases.
struct ExonCounts {
    std::array<double, 3> bases{}, boundary{}, rate{}, control{};
};

// The exons of one contig on gene strand `gene_strand`, as runs of bases whose codon positions
// follow one another inside one scored piece. Every base counts once; bases with two frames are
// left out. `coding`: sorted.
std::vector<ExonCounts> exons_of(const ContigSignal& signal, const std::vector<CodingExon>& coding,
                                 std::int64_t contig, char gene_strand);

struct PhaseResult {
    std::array<double, 3> bases{}, observed{}, expected{};
    double p = 0;  // of all three positions together; NaN without draws
};

// `null`: rotate stands for boundaries spread evenly over the exons' bases ("phase" in the table).
// The statistic is the sum over positions of (d - mean d)^2, d = observed - expected, the mean by
// bases; each draw shifts the codon positions of every exon by 0, 1 or 2. p = (r + 1) / (n + 1).
PhaseResult test_phase(const std::vector<ExonCounts>& exons, Null null, double factor,
                       std::int64_t draws, std::uint64_t seed);

}  // namespace dna_hnet::annotation
