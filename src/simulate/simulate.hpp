#pragma once
// A genome with planted structure, and its truth (docs/simulation.md): genes with codon structure,
// repeat families with diverged copies, CpG islands, microsatellites; with the generator's own bits
// of every base, so that a model's distance from the truth is known.
//
//   SimulatedGenome genome = simulate_genome(2'000'000, 1);
#include <cstdint>
#include <string>
#include <vector>

#include "genome/alphabet.hpp"
#include "genome/interval.hpp"
#include "simulate/parameters.hpp"

namespace dna_hnet::simulate {

inline constexpr std::int64_t kShortestGenome = 20'000, kLongestGenome = 200'000'000;

struct SimulatedFeature {
    genome::Interval place;
    genome::Strand strand = genome::Strand::forward;
    // gene, exon, CDS (without the stop codon, as GTF has it), start_codon, stop_codon, repeat,
    // cpg_island, microsatellite
    std::string kind;
    std::string name;  // gene or family name, "(CA)n" for a microsatellite
    int frame = 0;     // CDS only: GTF frame
};

struct SimulatedVariant {
    std::int64_t contig = 0, position = 0;  // 0-based
    genome::Base ref = 0, alt = 0;
    double true_llr = 0;  // log2 P(genome with alt) - log2 P(genome), exact under the generator
};

struct SimulatedGenome {
    std::vector<genome::Contig> contigs;
    std::vector<std::vector<genome::Base>>
        bases;  // per contig; repeats and microsatellites are soft-masked
    // Per contig: -log2 of the generator's probability of each base given all bases before it, NaN
    // in the gap of N.
    std::vector<std::vector<float>> bits;
    std::vector<SimulatedFeature> features;  // sorted by place, enclosing ones first
    std::vector<SimulatedVariant> variants;  // sorted
};

// All parameters stand in data/simulation/parameters.json (compiled in); `length` bases in all, gap
// included. A usage error outside kShortestGenome to kLongestGenome. The genome depends on length
// and seed alone, not on the number of threads (one per contig at most).
SimulatedGenome simulate_genome(std::int64_t length, std::uint64_t seed, int threads = 1);
std::string simulation_parameters_json();
// The repeat families, the same for every seed.
std::vector<RepeatFamily> repeat_families();

}  // namespace dna_hnet::simulate
