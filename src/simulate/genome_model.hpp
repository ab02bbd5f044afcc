#pragma once
// The generator as a hidden Markov model, built from the parameters: background, CpG islands,
// microsatellites, copies of repeat families in both orientations, and genes on both strands
// (docs/simulation.md).
#include "simulate/block_hmm.hpp"
#include "simulate/parameters.hpp"

namespace dna_hnet::simulate {

BlockHmm make_genome_model(const Parameters& parameters);

// Ends of a gene in the model: where paths enter it and the last block before they leave, in
// reading order.
struct GeneBlocks {
    int first = 0, last = 0;
};
// Adds the blocks of genes of one strand. The exits of `last` are the caller's.
GeneBlocks add_gene(BlockHmm& hmm, const Parameters& parameters, genome::Strand strand);

}  // namespace dna_hnet::simulate
