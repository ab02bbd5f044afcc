#pragma once
// What lies in the blocks of a bigWig or bigBed file, read with nothing but zlib.
#include <zlib.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "support/test.hpp"
#include "tracks/little_endian.hpp"
#include "tracks/search_trees.hpp"

namespace dna_hnet::test {

using tracks::value_at;

inline std::string unpack(const std::string& file, std::uint64_t offset, std::uint64_t size) {
    std::string text(value_at<std::uint32_t>(file, 52), '\0');
    uLongf count = text.size();
    REQUIRE(uncompress(reinterpret_cast<Bytef*>(text.data()), &count,
                       reinterpret_cast<const Bytef*>(file.data() + offset), size) == Z_OK);
    text.resize(count);
    return text;
}

// The blocks that the tree at `at` lists. Its entries must lie inside those above them.
inline std::vector<tracks::DataBlock> leaves_of(const std::string& file, std::uint64_t at) {
    REQUIRE(value_at<std::uint32_t>(file, at) == tracks::kDataTreeMagic);
    std::vector<tracks::DataBlock> leaves;
    using Place = std::pair<std::uint32_t, std::uint32_t>;
    bool inside = true, small = true;
    const auto visit = [&](const auto& self, std::uint64_t node, Place low, Place high) -> void {
        const bool leaf = file.at(node) != 0;
        const auto count = value_at<std::uint16_t>(file, node + 2);
        small = small && count <= tracks::kTreeBlock;
        for (std::uint64_t i = 0, entry = node + 4; i < count; ++i, entry += leaf ? 32 : 24) {
            const auto number = [&](int k) { return value_at<std::uint32_t>(file, entry + 4 * k); };
            const Place begin{number(0), number(1)}, end{number(2), number(3)};
            inside = inside && begin >= low && end <= high;
            const auto offset = value_at<std::uint64_t>(file, entry + 16);
            if (!leaf) {
                self(self, offset, begin, end);
            } else {
                leaves.push_back({begin.first, begin.second, end.second, offset,
                                  value_at<std::uint64_t>(file, entry + 24)});
            }
        }
    };
    const auto number = [&](int k) { return value_at<std::uint32_t>(file, at + 16 + 4 * k); };
    visit(visit, at + 48, {number(0), number(1)}, {number(2), number(3)});
    CHECK((inside && small));
    CHECK(leaves.size() == value_at<std::uint64_t>(file, at + 8));
    return leaves;
}

// What they hold.
inline std::vector<std::string> blocks_of(const std::string& file, std::uint64_t at) {
    std::vector<std::string> blocks;
    for (const auto& leaf : leaves_of(file, at)) {
        blocks.push_back(unpack(file, leaf.offset, leaf.size));
    }
    return blocks;
}

struct ZoomRecord {
    std::uint32_t contig, begin, end, bases;
    float smallest, largest, sum, sum_of_squares;
};

struct Zoom {
    std::uint32_t width;
    std::vector<ZoomRecord> records;
};

inline std::vector<Zoom> zooms_of(const std::string& file) {
    std::vector<Zoom> zooms(value_at<std::uint16_t>(file, 6));
    bool inside = true;  // of what the index says
    for (std::size_t level = 0; level < zooms.size(); ++level) {
        const std::size_t head = 64 + 24 * level;
        zooms[level].width = value_at<std::uint32_t>(file, head);
        auto& records = zooms[level].records;
        for (const auto& leaf : leaves_of(file, value_at<std::uint64_t>(file, head + 16))) {
            const std::string block = unpack(file, leaf.offset, leaf.size);
            for (std::size_t r = 0; r < block.size(); r += sizeof(ZoomRecord)) {
                records.push_back(value_at<ZoomRecord>(block, r));
                const ZoomRecord& last = records.back();
                inside = inside && last.contig == leaf.contig && last.begin >= leaf.begin &&
                         last.end <= leaf.end;
            }
        }
        CHECK(records.size() ==
              value_at<std::uint32_t>(file, value_at<std::uint64_t>(file, head + 8)));
    }
    CHECK(inside);
    return zooms;
}

}  // namespace dna_hnet::test
