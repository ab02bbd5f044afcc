#pragma once
// The fixed parameters of the simulation (data/simulation/parameters.json, compiled in) as plain
// structs. Rates are per base of the state they leave, lengths in bases. Letters are A C G T (and
// IUPAC codes in signals).
#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "genome/alphabet.hpp"

namespace dna_hnet::simulate {

struct ChainParameters {
    bool strand_symmetric = true;
    double texture = 0;                   // standard deviation of a random energy per word
    std::map<std::string, double> words;  // energy of each occurrence of a word
};

// A region of random length: `stages` geometric lengths one after the other.
struct LengthParameters {
    int stages = 1;
    double mean = 1;  // bases, or codons for exons
};

// Per position the letters allowed and the probability of any other letter.
struct SignalParameters {
    std::string consensus;
    std::vector<double> error;
    int length() const { return static_cast<int>(consensus.size()); }
    // Probabilities of A C G T at a position.
    std::array<double, 4> probabilities(int position) const;
    SignalParameters reverse_complement() const;
};

struct MicrosatelliteParameters {
    int period = 1;
    double per_base = 0;
    LengthParameters length;
};

struct RepeatFamily {
    std::string name;
    std::vector<genome::Base> consensus;
    double divergence = 0;  // substitutions per base of a copy
    double indels = 0;      // bases lost plus bases doubled, per base
    double truncation =
        0;                // probability per base that a copy, seen from its 3' end, goes no further
    double per_base = 0;  // both strands together
};

struct GeneParameters {
    double per_base = 0, from_island = 0, to_island = 0;
    SignalParameters promoter, kozak, donor, acceptor, polya_signal;
    int promoter_spacer = 0, polya_spacer = 0;
    LengthParameters utr5, utr3, exon, intron;
    double exons_per_gene = 1;
    std::array<double, 3> phases{};
    std::array<double, 64> codons{}, stop_codons{};  // weights, index 16 b1 + 4 b2 + b3
};

struct Parameters {
    std::vector<std::pair<std::string, double>> contigs;  // name, share of the whole length
    std::string gap_contig;
    double gap_place = 0;
    std::int64_t gap_length = 0;
    int order = 0;
    std::uint64_t texture_seed = 0;
    ChainParameters background, island, transcribed;
    double island_per_base = 0;
    LengthParameters island_length;
    double microsatellite_error = 0;
    std::vector<MicrosatelliteParameters> microsatellites;
    double transition_share = 0;  // of the substitutions in repeat copies
    std::vector<RepeatFamily> families;
    GeneParameters genes;
    double variants_per_base = 0, variants_in_coding = 0;
};

// Throws bad_input, with the place in the file, on everything that is not a valid set of
// parameters.
Parameters parse_parameters(std::string_view json);

}  // namespace dna_hnet::simulate
