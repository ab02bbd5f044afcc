#pragma once
// What bigWig and bigBed files have in common: a header, the contigs, compressed blocks of data
// with their index, and zoom levels, which are blocks with an index too. Written front to end in
// one pass; the header is filled in last.
//
//   BlockFile file("x.bw", contigs, {kBigWigMagic});
//   file.write_block({contig, begin, end}, file.pack(bytes));
//   file.finish_data(1);
//   file.start_zoom(32, records); file.write_block(...); file.finish_zoom();
//   file.close(total);
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/atomic_file.hpp"
#include "genome/interval.hpp"
#include "tracks/piece_spill.hpp"
#include "tracks/search_trees.hpp"
#include "tracks/value_sums.hpp"

struct z_stream_s;  // zlib's

namespace dna_hnet::tracks {

inline constexpr std::size_t kMostZoomLevels = 10;
inline constexpr std::uint32_t kZoomRecordsPerBlock = 512;

struct BlockFileFormat {
    std::uint32_t magic = 0;
    std::uint32_t items_per_block = 1;         // at most
    std::uint16_t fields = 0, bed_fields = 0;  // of a bigBed
    std::string auto_sql = {};                 // of a bigBed
    const char* items = "values";              // for messages
};

class BlockFile {
  public:
    // The file's contigs stand in C order, whatever that of `contigs`. run_failed: contigs as in
    // checked_contig_order(), a target that cannot be written or is a pipe or a device.
    BlockFile(const std::filesystem::path& target, const std::vector<genome::Contig>& contigs,
              BlockFileFormat format, AtomicGroup* group);

    [[noreturn]] void fail(const std::string& what) const;  // run_failed, with the target's name
    // The contig, when items of it may come now: run_failed after close(), for a number that is
    // none, and for a contig that stands before one that had items.
    const genome::Contig& next_contig(std::int64_t number) const;
    // Makes it the present one and returns its number in the file.
    std::uint32_t enter(std::int64_t number);
    bool is_present(std::int64_t number) const { return number == present_; }

    std::string pack(std::string_view bytes);  // compressed
    // The next block of what is written now, the data or a zoom level: `place` without offset and
    // size, in the order of contig and begin.
    void write_block(DataBlock place, std::string_view packed);
    void finish_data(std::uint64_t items);
    void start_zoom(std::uint32_t width, std::uint32_t records);
    void finish_zoom();
    PieceSpill& spill() { return spill_; }  // what must wait; beside the target

    void start_close();                  // run_failed when it was called before
    void close(const ValueSums& total);  // ends the file; renames

  private:
    struct Zoom {
        std::uint32_t width;
        std::uint64_t data, index;
    };
    struct EndDeflate {
        void operator()(z_stream_s* stream) const;
    };
    void write(std::string_view bytes);
    void write_front(const std::vector<std::int64_t>& order);
    std::uint64_t write_tree(std::uint32_t items_per_block);
    std::string header() const;

    AtomicFile file_;
    std::vector<genome::Contig> contigs_;  // as given
    std::vector<std::uint32_t> rank_;      // number of a contig in the file
    BlockFileFormat format_;
    PieceSpill spill_;
    DataTree tree_{spill_};  // of what is written now
    std::unique_ptr<z_stream_s, EndDeflate> deflate_;
    std::uint64_t position_ = 0;  // bytes written
    std::uint64_t summary_at_ = 0, chrom_tree_at_ = 0, data_at_ = 0, data_tree_at_ = 0, items_ = 0;
    std::size_t largest_block_ = 0;  // before it is compressed
    std::vector<Zoom> zooms_;
    std::int64_t present_ = -1;  // contig
    bool closed_ = false;
};

}  // namespace dna_hnet::tracks
