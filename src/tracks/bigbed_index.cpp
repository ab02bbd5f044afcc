#include "tracks/bigbed_index.hpp"

#include <algorithm>
#include <utility>

#include "tracks/little_endian.hpp"

namespace dna_hnet::tracks {
namespace {

using std::size_t;
using std::uint16_t;
using std::uint32_t;
using std::uint64_t;
using std::uint8_t;

size_t nodes_for(size_t entries) {
    return std::max<size_t>(1, (entries + kTreeBlock - 1) / kTreeBlock);
}

// Entries per level from the root, which has at most kTreeBlock of them, to the leaves.
std::vector<size_t> level_sizes(size_t leaves) {
    std::vector<size_t> sizes{leaves};
    while (sizes.front() > kTreeBlock) sizes.insert(sizes.begin(), nodes_for(sizes.front()));
    return sizes;
}

// All levels, root first. `entry(level, i, text)` appends entry i of a level, where an inner entry
// must end in the offset of its node, which is added here; entries have fixed sizes.
template <class Entry>
void append_levels(std::string& text, uint64_t offset, const std::vector<size_t>& sizes,
                   size_t inner_size, Entry entry) {
    for (size_t level = 0; level < sizes.size(); ++level) {
        const bool leaf = level + 1 == sizes.size();
        const size_t level_bytes =
            nodes_for(sizes[level]) * 4 + sizes[level] * (leaf ? 0 : inner_size);
        const uint64_t below = offset + text.size() + level_bytes;
        const bool below_is_leaf = level + 2 == sizes.size();
        for (size_t node = 0; node < nodes_for(sizes[level]); ++node) {
            const size_t first = node * kTreeBlock;
            const size_t count = std::min<size_t>(kTreeBlock, sizes[level] - first);
            append_bytes(text, static_cast<uint8_t>(leaf), uint8_t{0},
                         static_cast<uint16_t>(count));
            for (size_t i = first; i < first + count; ++i) {
                const size_t full_node = entry(level, i, text, below_is_leaf);
                if (!leaf) append_bytes(text, below + i * full_node);
            }
        }
    }
}

}  // namespace

std::string chrom_tree(const std::vector<genome::Contig>& contigs, uint64_t offset) {
    size_t key_size = 1;
    for (const auto& contig : contigs) key_size = std::max(key_size, contig.name.size());
    const std::vector<size_t> sizes = level_sizes(contigs.size());
    const auto block = static_cast<uint32_t>(std::min<size_t>(kTreeBlock, contigs.size()));
    std::string text;
    append_bytes(text, kChromTreeMagic, block, static_cast<uint32_t>(key_size), uint32_t{8},
                 uint64_t{contigs.size()}, uint64_t{0});
    const size_t entry_size = key_size + 8;  // of both kinds of nodes
    append_levels(text, offset, sizes, entry_size,
                  [&](size_t level, size_t i, std::string& out, bool) {
                      const bool leaf = level + 1 == sizes.size();
                      size_t first = i;  // contig of the entry, the first below it
                      for (size_t l = level + 1; l < sizes.size(); ++l) first *= kTreeBlock;
                      std::string key = contigs[first].name;
                      key.resize(key_size);
                      out += key;
                      if (leaf) {
                          append_bytes(out, static_cast<uint32_t>(i),
                                       static_cast<uint32_t>(contigs[i].length));
                      }
                      return 4 + kTreeBlock * entry_size;
                  });
    return text;
}

namespace {

struct Bounds {
    uint32_t first_contig = 0, begin = 0, last_contig = 0, end = 0;
};

Bounds join(const Bounds& a, const Bounds& b) {
    const auto end = std::max(std::pair(a.last_contig, a.end), std::pair(b.last_contig, b.end));
    return {a.first_contig, a.begin, end.first, end.second};
}

// What the entries of every level span; the last is the whole tree's.
std::vector<std::vector<Bounds>> bounds_of_levels(const std::vector<DataBlock>& blocks,
                                                  size_t levels) {
    std::vector<std::vector<Bounds>> bounds(levels);
    for (const DataBlock& block : blocks) {
        bounds.back().push_back({block.contig, block.begin, block.contig, block.end});
    }
    for (size_t level = levels - 1; level-- > 0;) {
        const auto& below = bounds[level + 1];
        for (size_t i = 0; i < below.size(); ++i) {
            if (i % kTreeBlock == 0) {
                bounds[level].push_back(below[i]);
            } else {
                bounds[level].back() = join(bounds[level].back(), below[i]);
            }
        }
    }
    return bounds;
}

}  // namespace

std::string data_tree(const std::vector<DataBlock>& blocks, uint32_t rows_per_block,
                      uint64_t end_of_data, uint64_t offset) {
    constexpr size_t kInner = 24, kLeaf = 32;
    const std::vector<size_t> sizes = level_sizes(blocks.size());
    const auto bounds = bounds_of_levels(blocks, sizes.size());
    Bounds all;
    for (size_t i = 0; i < bounds[0].size(); ++i) {
        all = i == 0 ? bounds[0][0] : join(all, bounds[0][i]);
    }
    std::string text;
    append_bytes(text, kDataTreeMagic, kTreeBlock, uint64_t{blocks.size()}, all.first_contig,
                 all.begin, all.last_contig, all.end, end_of_data, rows_per_block, uint32_t{0});
    append_levels(text, offset, sizes, kInner,
                  [&](size_t level, size_t i, std::string& out, bool below_is_leaf) {
                      const Bounds& here = bounds[level][i];
                      append_bytes(out, here.first_contig, here.begin, here.last_contig, here.end);
                      if (level + 1 == sizes.size()) {
                          append_bytes(out, blocks[i].offset, blocks[i].size);
                      }
                      return 4 + kTreeBlock * (below_is_leaf ? kLeaf : kInner);
                  });
    return text;
}

}  // namespace dna_hnet::tracks
