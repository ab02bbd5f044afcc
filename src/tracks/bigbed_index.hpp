#pragma once
// The two search trees of bigBed and bigWig files, as bytes (Kent et al. 2010, Bioinformatics
// 26:2204, supplementary tables 8 to 11 and 14 to 17).
#include <cstdint>
#include <string>
#include <vector>

#include "genome/interval.hpp"

namespace dna_hnet::tracks {

inline constexpr std::uint32_t kTreeBlock = 256;  // entries of a node at most
inline constexpr std::uint32_t kChromTreeMagic = 0x78CA8C91;
inline constexpr std::uint32_t kDataTreeMagic = 0x2468ACE0;

// Contigs by name, numbered from 0 as they stand in `contigs`: in the C order of their names.
// `offset`: where the bytes will lie in the file.
std::string chrom_tree(const std::vector<genome::Contig>& contigs, std::uint64_t offset);

// A compressed block of rows of one contig.
struct DataBlock {
    std::uint32_t contig = 0, begin = 0, end = 0;  // spans its rows
    std::uint64_t offset = 0, size = 0;            // bytes in the file
};

// R-tree of blocks in the order of contig and begin.
std::string data_tree(const std::vector<DataBlock>& blocks, std::uint32_t rows_per_block,
                      std::uint64_t end_of_data, std::uint64_t offset);

}  // namespace dna_hnet::tracks
