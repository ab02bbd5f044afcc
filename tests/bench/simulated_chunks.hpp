#pragma once
// Made-up chunk boundaries on a random contig with genes, for the calibration of `annotate`.
//
// The contig has 300 kb and a gap of 1 kb; its genes stand in islands, each gene with 3 to 8 coding
// exons on one strand and frames that go on from exon to exon. Boundaries are drawn in reading
// direction: the log odds of one at a base are a value of the distance to the boundary before, plus
// a value of the 6-mer that ends there, plus what is planted.
#include <cstdint>
#include <string>
#include <vector>

#include "annotation/contig_signal.hpp"
#include "annotation/feature_file.hpp"

namespace dna_hnet::bench {

enum class Chunker {
    regular,      // 3 or 4 bases, blind to the sequence
    mixed,        // around 3 or 4 bases, the place among them by the 6-mer
    lookup,       // by the 6-mer alone
    composition,  // by the number of G and C in the 6-mer
};

struct Scenario {
    std::string name;
    Chunker chunker = Chunker::regular;
    bool motifs = false;          // splice sites stand at both ends of every exon
    double start = 0, codon = 0;  // added to the log odds on the strand that is read: at the first
                                  // base of exons, at the first base of codons
    double exon_gc = 0.5;         // share of G and C in exons; 0.5 in all other bases
    bool planted() const { return start != 0 || codon != 0; }
};

struct Simulation {
    genome::Strand strand = genome::Strand::forward;  // as it is read
    annotation::FeatureSet exons;
    annotation::ContigSignal signal;
    std::int64_t chunks = 0;  // what the lengths of all of them sum up to, plain and squared
    double length_sum = 0, length_squares = 0;
};

inline constexpr std::int64_t kContigLength = 300'000;

// A function of its arguments alone. The control's boundaries come from a chunker of the same kind
// with other values of the 6-mers, and nothing planted.
Simulation simulate(const Scenario& scenario, std::uint64_t seed, std::uint64_t number);

}  // namespace dna_hnet::bench
