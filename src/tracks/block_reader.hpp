#pragma once
// The compressed blocks of data of a bigWig or bigBed file (Kent et al. 2010, Bioinformatics
// 26:2204, supplementary tables 5 and 14 to 17), those of our own BlockFile and of other programs.
// Files that another byte order wrote are refused.
//
//   BlockReader reader("x.bw", TrackFile::Format::bigwig);
//   auto blocks = reader.blocks();
//   for (std::string bytes; blocks.next(bytes);) use(bytes);
#include <cstdint>
#include <string>
#include <vector>

#include "tracks/track_bytes.hpp"
#include "tracks/track_file.hpp"

namespace dna_hnet::tracks {

class BlockReader {
  public:
    // bad_input: as read_track_file(), and a file of the other format.
    BlockReader(const std::string& path, TrackFile::Format format);

    // bad_input, with the file's name.
    [[noreturn]] void fail(const std::string& what) const;
    const TrackFile& file() const { return file_; }
    const std::string& path() const { return path_; }
    std::string auto_sql() const;      // of a bigBed
    std::uint64_t num_values() const;  // that the summary announces

    struct Place {
        std::uint32_t contig = 0, begin = 0, end = 0;
    };
    // A walk through the index, in its order. The reader must stay where it is.
    class Blocks {
      public:
        // The next block, unpacked; false at the end. bad_input on a damaged file.
        bool next(std::string& bytes);

      private:
        friend class BlockReader;
        struct Node {
            std::string entries;
            bool leaf = false;
            std::size_t next = 0;  // byte
        };
        Blocks(const BlockReader& reader, Place place, bool everything);
        void enter(std::uint64_t offset);
        bool wanted(std::string_view bounds) const;

        const BlockReader* reader_;
        Place place_;
        bool everything_;
        std::vector<Node> nodes_;        // from the root to the present one
        std::uint64_t index_bytes_ = 0;  // read so far: a file has each once
    };
    Blocks blocks() const { return {*this, {}, true}; }
    Blocks blocks(Place place) const { return {*this, place, false}; }  // those that touch it

  private:
    std::string unpacked(std::string bytes) const;

    std::string path_;
    TrackFile file_;
    TrackBytes bytes_;
};

}  // namespace dna_hnet::tracks
