#include "tracks/block_reader.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <tuple>

#include "core/error.hpp"
#include "tracks/little_endian.hpp"

namespace dna_hnet::tracks {
namespace {

constexpr std::size_t kDeepestTree = 16;
constexpr std::size_t kIndexHead = 48, kNodeHead = 4, kInner = 24, kLeaf = 32;  // bytes
constexpr std::uint64_t kMostPacked = 1040;  // times that zlib can shrink bytes, rounded up

}  // namespace

BlockReader::BlockReader(const std::string& path, TrackFile::Format format)
    : path_(path), file_(read_track_file(path)), bytes_(path) {
    if (file_.format != format) {
        fail(format == TrackFile::Format::bigwig ? "is no bigWig file" : "is no bigBed file");
    }
}

void BlockReader::fail(const std::string& what) const {
    throw input_error(fmt::format("{}: {}", path_, what), "copy or make the file again");
}

std::string BlockReader::auto_sql() const {
    return file_.auto_sql_at == 0 ? "" : bytes_.text_at(file_.auto_sql_at);
}

std::uint64_t BlockReader::num_values() const {
    if (file_.summary_at == 0) fail("has no summary: files before version 2 are not read");
    return value_at<std::uint64_t>(bytes_.at(file_.summary_at, 8), 0);
}

std::string BlockReader::unpacked(std::string bytes) const {
    if (file_.largest_block == 0) return bytes;
    auto size = static_cast<uLongf>(
        std::min<std::uint64_t>(file_.largest_block, kMostPacked * (bytes.size() + 1)));
    std::string unpacked(size, '\0');
    const int status =
        uncompress(reinterpret_cast<Bytef*>(unpacked.data()), &size,
                   reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uLong>(bytes.size()));
    if (status != Z_OK) fail("is damaged: a block cannot be unpacked");
    unpacked.resize(size);
    return unpacked;
}

BlockReader::Blocks::Blocks(const BlockReader& reader, Place place, bool everything)
    : reader_(&reader), place_(place), everything_(everything) {
    enter(reader.file_.index_at + kIndexHead);
}

void BlockReader::Blocks::enter(std::uint64_t offset) {
    const TrackBytes& bytes = reader_->bytes_;
    const std::string head = bytes.at(offset, kNodeHead);
    Node node;
    node.leaf = head[0] != 0;
    const std::uint64_t size =
        std::uint64_t{value_at<std::uint16_t>(head, 2)} * (node.leaf ? kLeaf : kInner);
    node.entries = bytes.at(offset + kNodeHead, size);
    index_bytes_ += kNodeHead + size;
    if (nodes_.size() == kDeepestTree || index_bytes_ > bytes.size()) {
        reader_->fail("is damaged: its index has no end");
    }
    nodes_.push_back(std::move(node));
}

// Bounds: first contig, begin, last contig, end.
bool BlockReader::Blocks::wanted(std::string_view bounds) const {
    if (everything_) return true;
    const auto number = [&](std::size_t i) { return value_at<std::uint32_t>(bounds, 4 * i); };
    return std::tuple(number(0), number(1)) < std::tuple(place_.contig, place_.end) &&
           std::tuple(place_.contig, place_.begin) < std::tuple(number(2), number(3));
}

bool BlockReader::Blocks::next(std::string& bytes) {
    while (!nodes_.empty()) {
        Node& node = nodes_.back();
        if (node.next == node.entries.size()) {
            nodes_.pop_back();
            continue;
        }
        const std::string_view entry =
            std::string_view(node.entries).substr(node.next, node.leaf ? kLeaf : kInner);
        node.next += entry.size();
        if (!wanted(entry)) continue;
        const auto offset = value_at<std::uint64_t>(entry, 16);
        if (!node.leaf) {
            enter(offset);
            continue;
        }
        const auto size = value_at<std::uint64_t>(entry, 24);
        bytes = reader_->unpacked(reader_->bytes_.at(offset, size));
        return true;
    }
    return false;
}

}  // namespace dna_hnet::tracks
