#pragma once
// One place of the genome with all that is drawn there. Coordinates 0-based, half-open.
#include <optional>
#include <string>
#include <vector>

#include "annotation/feature_file.hpp"
#include "report/sections.hpp"

namespace dna_hnet::report {

struct Place {
    std::string contig;
    std::int64_t begin = 0, end = 0;
    std::int64_t length() const { return end - begin; }
    std::string text() const;  // "chr1:1,001-2,000"
};

struct Chunk {
    std::int64_t begin, end;
};

// Chunks of one stage and strand that touch the place, ascending.
struct ChunkTrack {
    std::int64_t stage;
    genome::Strand strand;
    std::vector<Chunk> chunks;
};

// One value per base of the place, NaN where there is none.
struct ValueTrack {
    std::string name;    // "boundary probability", "bits"
    std::string colour;  // class
    std::vector<float> values;
};

struct FeatureTrack {
    std::string name;
    // `height` from 0 (a line) to 1: genes, exons and coding parts of one file share a row.
    struct Item {
        std::int64_t begin, end;
        char strand;
        double height;
    };
    std::vector<Item> items;
};

struct Locus {
    Place place;
    std::vector<ChunkTrack> chunks;
    std::vector<ValueTrack> values;
    std::vector<FeatureTrack> features;
    std::string bases;  // letters of the place; empty without a reference
};

inline constexpr std::int64_t kLongestLocus = 1'000'000;

// Reads everything at the place asked for, or at a place of 6,000 bases where chunks are. Empty
// when `boundaries` made no chunk files.
std::optional<Locus> read_locus(Draft& draft);

// The whole place above, and where it is long, some of its bases one by one below.
formats::Svg draw_locus(const Locus& locus, const std::string& title);

}  // namespace dna_hnet::report
