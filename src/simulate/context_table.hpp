#pragma once
// Probabilities of the next base given the last few bases: Markov chains from word energies, and
// codon tables.
#include <array>
#include <cstdint>
#include <vector>

#include "genome/interval.hpp"
#include "simulate/parameters.hpp"

namespace dna_hnet::simulate {

// The last six bases, two bits each, the latest lowest. Before a segment's first base all are A.
using Context = std::uint32_t;
inline constexpr int kContextBases = 6;
constexpr Context push_base(Context context, int base) {
    return ((context << 2) | static_cast<Context>(base)) & ((1u << (2 * kContextBases)) - 1);
}

struct ContextTable {
    int order = 0;                      // bases of context that matter
    std::vector<double> probabilities;  // index 4 * (context of `order` bases) + base
    double operator()(Context context, int base) const {
        return probabilities[((context & ((1u << (2 * order)) - 1)) << 2) |
                             static_cast<Context>(base)];
    }
};

// The Markov chain whose sequences have probability proportional to exp(sum of the energies of all
// words in them): with strand-symmetric words a sequence and its reverse complement are equally
// likely. A chain that is not symmetric reads its words on `strand`: the reverse chain is the
// forward one seen from the other strand.
ContextTable make_chain(const ChainParameters& chain, int order, std::uint64_t texture_seed,
                        genome::Strand strand);

// The three bases of a codon in reading order; on the reverse strand the reverse complement of a
// codon. Tables of order 0, 1, 2.
std::array<ContextTable, 3> make_codon_tables(const std::array<double, 64>& weights,
                                              genome::Strand strand);

}  // namespace dna_hnet::simulate
