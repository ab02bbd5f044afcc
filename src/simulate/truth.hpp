#pragma once
// The generator's own bits of every base of a segment, and the exact log-likelihood ratios of
// variants in it.
#include <vector>

#include "simulate/simulate.hpp"
#include "simulate/sweep.hpp"

namespace dna_hnet::simulate {

// `bases` of one segment, A C G T only. Bits per base.
std::vector<float> bits_of(const EmissionTables& tables, const std::vector<genome::Base>& bases);

// Sets true_llr of `variants`, whose positions count from the segment's first base and are sorted;
// returns the bits as bits_of does.
std::vector<float> score_segment(const EmissionTables& tables,
                                 const std::vector<genome::Base>& bases,
                                 std::vector<SimulatedVariant>& variants);

}  // namespace dna_hnet::simulate
