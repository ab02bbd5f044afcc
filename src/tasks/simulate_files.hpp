#pragma once
// `dna-hnet simulate`: a simulated genome as the files of a folder. Torch-free.
//
//   genome.fa, genome.fa.fai   repeats and microsatellites in lower case, lines of 60
//   genes.gtf                  gene, transcript, exon, CDS (frame), start_codon, stop_codon;
//   1-based repeats.bed                BED6: copies of repeat families and microsatellites
//   cpg_islands.bed            BED6
//   families.fa                consensus sequences of the repeat families
//   variants.vcf               INFO TRUE_LLR = log2 P(genome with ALT) - log2 P(genome), the
//   generator's truth.bits.bw              the generator's bits of every base parameters.json
//   length, seed, the generator's fixed parameters; version and command unless --no-version
#include <cstdint>
#include <filesystem>

#include "core/version.hpp"
#include "simulate/simulate.hpp"

namespace dna_hnet::tasks {

// usage error unless `folder` is free: not there, empty, or holding nothing but the files above.
// run_failed as require_parent_folder().
// Ask before the genome is made; write_simulation asks again.
void require_replaceable(const std::filesystem::path& folder);

// Writes all files into `folder`, which appears whole or not at all; a simulation in it is
// replaced. usage error as above; run_failed where it cannot be written. `length` and `seed` are
// those that made the genome.
void write_simulation(const simulate::SimulatedGenome& genome, std::int64_t length,
                      std::uint64_t seed, const std::filesystem::path& folder,
                      const Provenance& provenance);

}  // namespace dna_hnet::tasks
