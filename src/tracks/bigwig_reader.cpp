#include "tracks/bigwig_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "core/error.hpp"
#include "tracks/block_reader.hpp"
#include "tracks/little_endian.hpp"

namespace dna_hnet::tracks {
namespace {

constexpr std::size_t kBlockHead = 24;        // bytes
constexpr std::size_t kLongestRun = 1 << 16;  // bases of a Run

enum class Items : std::uint8_t { bed_graph = 1, variable_step = 2, fixed_step = 3 };

// A value of the bases [begin, end).
struct Item {
    std::int64_t begin = 0, end = 0;
    float value = 0;
};

// The items of a block, which are ascending and lie inside their contig.
struct Block {
    std::int64_t contig = 0;
    std::vector<Item> items;
};

std::size_t bytes_of(Items kind) {
    return kind == Items::bed_graph ? 12 : kind == Items::variable_step ? 8 : 4;
}

void read_block(const BlockReader& file, std::string_view bytes, Block& block) {
    if (bytes.size() < kBlockHead) file.fail("is damaged: a block is too short");
    const auto number = [&](std::size_t at) { return value_at<std::uint32_t>(bytes, at); };
    const std::int64_t start = number(4), step = number(12), span = number(16);
    const auto kind = static_cast<Items>(bytes[20]);
    const std::size_t count = value_at<std::uint16_t>(bytes, 22);
    block.contig = number(0);
    block.items.clear();
    if (kind < Items::bed_graph || kind > Items::fixed_step ||
        static_cast<std::uint64_t>(block.contig) >= file.file().contigs.size() ||
        bytes.size() - kBlockHead < count * bytes_of(kind)) {
        file.fail("is damaged: a block that is none");
    }
    const std::int64_t length = file.file().contigs[static_cast<std::size_t>(block.contig)].length;
    std::int64_t end = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t at = kBlockHead + i * bytes_of(kind);
        Item item;
        item.begin = kind == Items::fixed_step ? start + static_cast<std::int64_t>(i) * step
                                               : std::int64_t{number(at)};
        item.end = kind == Items::bed_graph ? std::int64_t{number(at + 4)} : item.begin + span;
        item.value = value_at<float>(bytes, at + bytes_of(kind) - sizeof(float));
        if (item.begin < end || item.end <= item.begin || item.end > length) {
            file.fail("is damaged: values overlap or leave their contig");
        }
        end = item.end;
        block.items.push_back(item);
    }
}

}  // namespace

bool is_bigwig(const std::string& path) {
    return begins_with(path, kBigWigMagic);
}

struct BigWigReader::Impl {
    explicit Impl(const std::string& path)
        : file(path, TrackFile::Format::bigwig),
          blocks(file.blocks()),
          announced(file.num_values()) {}

    BlockReader file;
    BlockReader::Blocks blocks;
    std::string bytes;
    Block block;
    std::size_t at = 0;                         // the item of the block that comes next
    std::int64_t given = 0;                     // of its bases
    std::pair<std::int64_t, std::int64_t> end;  // of what was read: contig, base
    std::uint64_t announced, bases = 0;

    // Whether there is an item at `at`.
    bool fill() {
        while (at == block.items.size()) {
            if (!blocks.next(bytes)) return false;
            read_block(file, bytes, block);
            at = 0;
            if (block.items.empty()) continue;
            if (std::pair(block.contig, block.items[0].begin) < end) {
                file.fail("is damaged: its blocks are not in order");
            }
            end = {block.contig, block.items.back().end};
        }
        return true;
    }
};

BigWigReader::BigWigReader(const std::string& path) : impl_(std::make_unique<Impl>(path)) {}
BigWigReader::~BigWigReader() = default;
BigWigReader::BigWigReader(BigWigReader&&) noexcept = default;

const std::vector<genome::Contig>& BigWigReader::contigs() const {
    return impl_->file.file().contigs;
}

bool BigWigReader::next(Run& run) {
    if (!impl_->fill()) {
        if (impl_->bases != impl_->announced) {
            impl_->file.fail(fmt::format("damaged: {} values, its header says {}", impl_->bases,
                                         impl_->announced));
        }
        return false;
    }
    const std::vector<Item>& items = impl_->block.items;
    run.contig = impl_->block.contig;
    run.begin = items[impl_->at].begin + impl_->given;
    run.values.clear();
    while (impl_->at < items.size() && run.values.size() < kLongestRun) {
        const Item& item = items[impl_->at];
        const std::int64_t begin = item.begin + impl_->given;
        if (begin != run.end()) break;
        const auto room = static_cast<std::int64_t>(kLongestRun - run.values.size());
        const std::int64_t taken = std::min(item.end - begin, room);
        run.values.insert(run.values.end(), static_cast<std::size_t>(taken), item.value);
        impl_->given += taken;
        if (begin + taken < item.end) break;
        ++impl_->at;
        impl_->given = 0;
    }
    impl_->bases += run.values.size();
    return true;
}

std::vector<float> BigWigReader::values(const std::string& contig, std::int64_t begin,
                                        std::int64_t end) const {
    const BlockReader& file = impl_->file;
    const auto found =
        std::find_if(contigs().begin(), contigs().end(),
                     [&](const genome::Contig& candidate) { return candidate.name == contig; });
    if (found == contigs().end()) {
        throw input_error(fmt::format("{}: no contig '{}'", file.path(), contig));
    }
    if (begin < 0 || end < begin || end > found->length) {
        throw input_error(fmt::format("{}: {}:{}-{} leaves the contig, whose length is {}",
                                      file.path(), contig, begin + 1, end, found->length));
    }
    std::vector<float> values(static_cast<std::size_t>(end - begin),
                              std::numeric_limits<float>::quiet_NaN());
    const std::int64_t number = found - contigs().begin();
    auto blocks = file.blocks({static_cast<std::uint32_t>(number),
                               static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)});
    Block block;
    for (std::string bytes; blocks.next(bytes);) {
        read_block(file, bytes, block);
        if (block.contig != number) continue;
        for (const Item& item : block.items) {
            for (std::int64_t base = std::max(item.begin, begin); base < std::min(item.end, end);
                 ++base) {
                values[static_cast<std::size_t>(base - begin)] = item.value;
            }
        }
    }
    return values;
}

}  // namespace dna_hnet::tracks
