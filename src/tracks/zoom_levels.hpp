#pragma once
// Zoom levels of a bigWig or bigBed: sums over windows, each level's four times as wide as those of
// the one before. Made as the values come; finished records are compressed and wait on disk, so
// that a level keeps a block of them in memory at most.
//
//   ZoomLevels zooms(file, 32);
//   zooms.add(contig, 100, values.data(), values.size());
//   file.finish_data(...);
//   zooms.write();
//   file.close(zooms.total());
#include <array>
#include <cstdint>
#include <string>

#include "tracks/block_file.hpp"
#include "tracks/value_sums.hpp"

namespace dna_hnet::tracks {

class ZoomLevels {
  public:
    ZoomLevels(BlockFile& file, std::uint32_t first_width);

    // Behind all that came before; contigs as they are numbered in the file. The sums do not
    // depend on how values are split into calls.
    void add(std::uint32_t contig, std::uint32_t begin, const float* values, std::size_t count);
    // Bases of [begin, end), all of one value.
    void add(std::uint32_t contig, std::uint32_t begin, std::uint32_t end, double value);
    // After the data, once. From fine to coarse, as long as there are fewer records each time; no
    // level where nothing was added.
    void write();
    const ValueSums& total() const { return total_; }  // complete after write()

  private:
    // Spans the window's first to last base with a value.
    struct Record {
        std::uint32_t contig = 0, begin = 0, end = 0;
        ValueSums sums;
    };
    struct Level {
        std::uint32_t width = 0, records = 0;  // finished ones
        Record open;                           // without bases: none
        std::string block;                     // finished records that wait to be compressed
        DataBlock place;                       // theirs
        PieceSpill::Sequence blocks;           // compressed, behind what `place` says of each
    };
    Record& window(std::size_t level, std::uint32_t contig, std::uint32_t begin);
    void finish_record(std::size_t level);
    void finish_block(Level& level);

    BlockFile& file_;
    std::array<Level, kMostZoomLevels> levels_;
    ValueSums total_;
};

}  // namespace dna_hnet::tracks
