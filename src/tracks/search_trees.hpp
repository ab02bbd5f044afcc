#pragma once
// The two search trees of bigBed and bigWig files, as bytes (Kent et al. 2010, Bioinformatics
// 26:2204, supplementary tables 8 to 11 and 14 to 17).
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "genome/interval.hpp"
#include "tracks/piece_spill.hpp"

namespace dna_hnet::tracks {

inline constexpr std::uint32_t kTreeBlock = 256;  // entries of a node at most
inline constexpr std::uint32_t kChromTreeMagic = 0x78CA8C91;
inline constexpr std::uint32_t kDataTreeMagic = 0x2468ACE0;

// Contigs by name, numbered from 0 as they stand in `contigs`: in the C order of their names.
// `offset`: where the bytes will lie in the file.
std::string chrom_tree(const std::vector<genome::Contig>& contigs, std::uint64_t offset);

// A compressed block of items of one contig.
struct DataBlock {
    std::uint32_t contig = 0, begin = 0, end = 0;  // spans its items
    std::uint64_t offset = 0, size = 0;            // bytes in the file
};

// R-tree of blocks. Its leaves wait on disk: in memory stay the last of them, and 16 bytes for each
// of the others, that is for 256 blocks.
class DataTree {
  public:
    explicit DataTree(PieceSpill& spill) : spill_(spill) {}

    void add(const DataBlock& block);  // in the order of contig and begin
    // Hands the tree, which will lie at `offset`, to `sink` part by part. It is empty then.
    void write(std::uint64_t offset, std::uint32_t items_per_block,
               const std::function<void(std::string_view)>& sink);

  private:
    struct Bounds {
        std::uint32_t first_contig = 0, begin = 0, last_contig = 0, end = 0;
        void join(const Bounds& other);  // one that follows
    };
    std::vector<std::vector<Bounds>> levels() const;

    PieceSpill& spill_;
    std::uint64_t blocks_ = 0;
    std::vector<Bounds> leaves_;
    std::string leaf_;  // entries of the last
    PieceSpill::Sequence full_leaves_;
};

}  // namespace dna_hnet::tracks
