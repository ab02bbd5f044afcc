#pragma once
// A genome with planted structure, and its truth (docs/simulation.md): genes with codon structure, repeat families with diverged
// copies, CpG islands, microsatellites; with the generator's own bits of every base, so that a model's distance from the truth is
// known.
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/version.hpp"
#include "genome/alphabet.hpp"
#include "genome/interval.hpp"

namespace dna_hnet::simulate {

struct SimulatedFeature {
    genome::Interval place;
    genome::Strand strand = genome::Strand::forward;
    std::string kind;     // gene, exon, CDS, repeat, cpg_island, microsatellite
    std::string name;     // gene or family name
    int frame = 0;        // CDS only: GTF frame
};

struct SimulatedVariant {
    std::int64_t contig = 0, position = 0;  // 0-based
    genome::Base ref = 0, alt = 0;
    double true_llr = 0;  // log2 P(genome with alt) - log2 P(genome), exact under the generator
};

struct SimulatedGenome {
    std::vector<genome::Contig> contigs;
    std::vector<std::vector<genome::Base>> bases;     // per contig
    std::vector<std::vector<float>> bits;             // -log2 of the generator's probability of each base given what precedes
    std::vector<SimulatedFeature> features;           // sorted
    std::vector<SimulatedVariant> variants;           // sorted
};

// All parameters stand in data/simulation/parameters.json (compiled in); `length` bases in all.
SimulatedGenome simulate_genome(std::int64_t length, std::uint64_t seed);
std::string simulation_parameters_json();

}  // namespace dna_hnet::simulate
