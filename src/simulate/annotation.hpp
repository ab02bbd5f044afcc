#pragma once
// From the sampled path of the model to features.
#include <vector>

#include "simulate/block_hmm.hpp"
#include "simulate/simulate.hpp"

namespace dna_hnet::simulate {

// Features of one segment, in order of their begin; `path` has the block of every base of it,
// `bases` is the whole contig. A gene that the segment's end cuts off is left out. Genes get no
// name yet: name_genes() numbers them.
std::vector<SimulatedFeature> annotate(const BlockHmm& hmm, const Parameters& parameters,
                                       const genome::Interval& segment,
                                       const std::vector<std::uint16_t>& path,
                                       const std::vector<genome::Base>& bases);
// Sorts, and names the genes in order.
void sort_features(std::vector<SimulatedFeature>& features);

}  // namespace dna_hnet::simulate
