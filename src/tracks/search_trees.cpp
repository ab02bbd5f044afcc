#include "tracks/search_trees.hpp"

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

constexpr size_t kNodeHead = 4, kDataInner = 24, kDataLeaf = 32;  // bytes

size_t nodes_for(size_t entries) {
    return std::max<size_t>(1, (entries + kTreeBlock - 1) / kTreeBlock);
}

// Entries per level from the root, which has at most kTreeBlock of them, to the leaves.
std::vector<size_t> level_sizes(size_t leaves) {
    std::vector<size_t> sizes{leaves};
    while (sizes.front() > kTreeBlock) sizes.insert(sizes.begin(), nodes_for(sizes.front()));
    return sizes;
}

void append_node_head(std::string& text, bool leaf, size_t entries) {
    append_bytes(text, static_cast<uint8_t>(leaf), uint8_t{0}, static_cast<uint16_t>(entries));
}

// The head of the node that entry i of a level begins, if it begins one.
void append_head_before(std::string& text, bool leaf, size_t i, size_t entries) {
    if (i % kTreeBlock == 0) {
        append_node_head(text, leaf, std::min<size_t>(kTreeBlock, entries - i));
    }
}

// The levels above the leaves, root first; `text`, which will lie at `offset`, ends in the tree's
// head. `key(level, i)` appends what entry i of a level says before the offset of its node.
template <class Key>
void append_inner_levels(std::string& text, uint64_t offset, const std::vector<size_t>& sizes,
                         size_t inner_size, size_t leaf_size, Key key) {
    for (size_t level = 0; level + 1 < sizes.size(); ++level) {
        const size_t entries = sizes[level];
        const uint64_t below =
            offset + text.size() + nodes_for(entries) * kNodeHead + entries * inner_size;
        const bool leaves_below = level + 2 == sizes.size();
        const size_t full_node = kNodeHead + kTreeBlock * (leaves_below ? leaf_size : inner_size);
        for (size_t i = 0; i < entries; ++i) {
            append_head_before(text, false, i, entries);
            key(level, i);
            append_bytes(text, below + i * full_node);
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
    const auto append_key = [&](size_t contig) {
        std::string key = contigs[contig].name;
        key.resize(key_size);
        text += key;
    };
    const size_t entry_size = key_size + 8;  // of both kinds of nodes
    append_inner_levels(text, offset, sizes, entry_size, entry_size, [&](size_t level, size_t i) {
        size_t first = i;  // contig of the entry, the first below it
        for (size_t l = level + 1; l < sizes.size(); ++l) first *= kTreeBlock;
        append_key(first);
    });
    for (size_t i = 0; i < contigs.size(); ++i) {
        append_head_before(text, true, i, contigs.size());
        append_key(i);
        append_bytes(text, static_cast<uint32_t>(i), static_cast<uint32_t>(contigs[i].length));
    }
    return text;
}

void DataTree::Bounds::join(const Bounds& other) {
    std::tie(last_contig, end) =
        std::max(std::pair(last_contig, end), std::pair(other.last_contig, other.end));
}

void DataTree::add(const DataBlock& block) {
    const Bounds here{block.contig, block.begin, block.contig, block.end};
    if (blocks_ % kTreeBlock == 0) {
        if (blocks_ > 0) {
            std::string node;
            append_node_head(node, true, kTreeBlock);
            spill_.append(full_leaves_, node + leaf_);
            leaf_.clear();
        }
        leaves_.push_back(here);
    } else {
        leaves_.back().join(here);
    }
    append_bytes(leaf_, block.contig, block.begin, block.contig, block.end, block.offset,
                 block.size);
    ++blocks_;
}

// Of the entries above the leaves, root first.
std::vector<std::vector<DataTree::Bounds>> DataTree::levels() const {
    std::vector<std::vector<Bounds>> levels{leaves_};
    while (levels.front().size() > kTreeBlock) {
        std::vector<Bounds> above;
        for (size_t i = 0; i < levels.front().size(); ++i) {
            if (i % kTreeBlock == 0) above.push_back(levels.front()[i]);
            above.back().join(levels.front()[i]);
        }
        levels.insert(levels.begin(), std::move(above));
    }
    return levels;
}

void DataTree::write(uint64_t offset, uint32_t items_per_block,
                     const std::function<void(std::string_view)>& sink) {
    const std::vector<std::vector<Bounds>> bounds = levels();
    Bounds all = leaves_.empty() ? Bounds{} : leaves_.front();
    for (const Bounds& leaf : leaves_) all.join(leaf);
    std::string text;
    append_bytes(text, kDataTreeMagic, kTreeBlock, blocks_, all.first_contig, all.begin,
                 all.last_contig, all.end, offset, items_per_block, uint32_t{0});
    append_inner_levels(
        text, offset, level_sizes(blocks_), kDataInner, kDataLeaf, [&](size_t level, size_t i) {
            const Bounds& here = bounds[level][i];
            append_bytes(text, here.first_contig, here.begin, here.last_contig, here.end);
        });
    sink(text);
    spill_.for_each(full_leaves_, sink);
    text.clear();
    append_node_head(text, true, leaf_.size() / kDataLeaf);
    sink(text + leaf_);
    blocks_ = 0;
    leaves_.clear();
    leaf_.clear();
    full_leaves_ = {};
}

}  // namespace dna_hnet::tracks
