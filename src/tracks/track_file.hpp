#pragma once
// What a bigWig or bigBed file says of itself: its format, its contigs, and where its
// data begin.
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "genome/interval.hpp"

namespace dna_hnet::tracks {

inline constexpr std::uint32_t kBigWigMagic = 0x888FFC26;
inline constexpr std::uint32_t kBigBedMagic = 0x8789F2EB;

struct TrackFile {
    enum class Format { bigwig, bigbed };
    Format format = Format::bigwig;
    std::uint16_t zoom_levels = 0;
    std::uint16_t fields = 0, bed_fields = 0;  // of a bigBed
    std::uint64_t rows = 0;                    // of a bigBed
    std::vector<genome::Contig> contigs;       // by their numbers in the data
    std::string first_contig;                  // of its data; empty where there is none
    std::int64_t first_base = 0;
    // Bytes: where parts of the file begin (0: it has none), and the largest block when unpacked
    // (0: blocks are not packed).
    std::uint64_t index_at = 0, summary_at = 0, auto_sql_at = 0;
    std::uint32_t largest_block = 0;
};

// Whether the file begins with the number, little-endian; false when it cannot be read.
bool begins_with(const std::filesystem::path& path, std::uint32_t magic);

// bad_input: a file that cannot be read, is neither format, or is damaged or cut short (both end in
// their magic number).
TrackFile read_track_file(const std::filesystem::path& path);

}  // namespace dna_hnet::tracks
