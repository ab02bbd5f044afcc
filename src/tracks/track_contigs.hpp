#pragma once
// The contigs of a bigWig or bigBed file, which stand in the C order of their names.
#include <cstdint>
#include <filesystem>
#include <vector>

#include "genome/interval.hpp"

namespace dna_hnet::tracks {

// Contig numbers in the C order of names.
std::vector<std::int64_t> contig_order(const std::vector<genome::Contig>& contigs);

// The same. run_failed, with the target's name: no contigs, a name twice or empty, a length below 1
// or past 2^32 - 1.
std::vector<std::int64_t> checked_contig_order(const std::filesystem::path& target,
                                               const std::vector<genome::Contig>& contigs);

}  // namespace dna_hnet::tracks
