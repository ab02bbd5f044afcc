#include "tracks/track_file.hpp"

#include <fmt/format.h>

#include <fstream>
#include <string>

#include "tracks/little_endian.hpp"
#include "tracks/search_trees.hpp"
#include "tracks/track_bytes.hpp"

namespace dna_hnet::tracks {
namespace {

constexpr std::uint32_t kLongestName = 1 << 16;
constexpr int kDeepestTree = 16;

// The contigs by their numbers in the data.
class ChromTree {
  public:
    ChromTree(const TrackBytes& bytes, std::uint64_t offset) : bytes_(bytes) {
        const std::string head = bytes.at(offset, kHead);
        const auto key_size = value_at<std::uint32_t>(head, 8);
        if (value_at<std::uint32_t>(head, 0) != kChromTreeMagic || key_size > kLongestName) {
            bytes.fail("is damaged: no tree of contigs where the header points");
        }
        key_size_ = key_size;
        count_ = value_at<std::uint64_t>(head, 16);
        if (count_ > bytes.size()) bytes.fail("is damaged: more contigs than bytes");
        contigs.resize(count_);
        read_node(offset + kHead, 0);
        if (found_ != count_) {
            bytes.fail(fmt::format("is damaged: {} contigs, but it announces {}", found_, count_));
        }
    }
    std::vector<genome::Contig> contigs;

  private:
    static constexpr std::uint64_t kHead = 32, kNodeHead = 4;

    void read_node(std::uint64_t offset, int depth) {
        const std::string head = bytes_.at(offset, kNodeHead);
        const bool leaf = head[0] != 0;
        const auto entries = value_at<std::uint16_t>(head, 2);
        const std::string node = bytes_.at(offset + kNodeHead, entries * (key_size_ + 8));
        bytes_read_ += kNodeHead + node.size();
        if (depth > kDeepestTree || bytes_read_ > bytes_.size()) {
            bytes_.fail("is damaged: the tree of its contigs has no end");
        }
        for (std::uint64_t i = 0; i < entries; ++i) {
            const std::uint64_t at = i * (key_size_ + 8);
            if (leaf) {
                add(node.substr(at, key_size_), value_at<std::uint32_t>(node, at + key_size_),
                    value_at<std::uint32_t>(node, at + key_size_ + 4));
            } else {
                read_node(value_at<std::uint64_t>(node, at + key_size_), depth + 1);
            }
        }
    }

    void add(const std::string& key, std::uint32_t number, std::uint32_t length) {
        const std::string name = key.substr(0, key.find('\0'));
        if (number >= count_ || name.empty() || !contigs[number].name.empty()) {
            bytes_.fail(
                fmt::format("is damaged: its contig number {} is not one of {}", number, count_));
        }
        contigs[number] = {name, length, {}};
        ++found_;
    }

    const TrackBytes& bytes_;
    std::uint64_t key_size_ = 0, count_ = 0, found_ = 0, bytes_read_ = 0;
};

}  // namespace

bool begins_with(const std::filesystem::path& path, std::uint32_t magic) {
    std::ifstream file(path, std::ios::binary);
    std::string head(4, '\0');
    return file.read(head.data(), 4) && value_at<std::uint32_t>(head, 0) == magic;
}

TrackFile read_track_file(const std::filesystem::path& path) {
    const TrackBytes bytes(path);
    const std::string header = bytes.size() >= 64 ? bytes.at(0, 64) : std::string(64, '\0');
    const auto magic = value_at<std::uint32_t>(header, 0);
    if (magic != kBigWigMagic && magic != kBigBedMagic) {
        bytes.fail("is neither a bigWig nor a bigBed file");
    }
    if (value_at<std::uint32_t>(bytes.at(bytes.size() - 4, 4), 0) != magic) {
        bytes.fail("does not end in its magic number: is it cut short?");
    }
    TrackFile track;
    track.format = magic == kBigWigMagic ? TrackFile::Format::bigwig : TrackFile::Format::bigbed;
    track.zoom_levels = value_at<std::uint16_t>(header, 6);
    track.fields = value_at<std::uint16_t>(header, 32);
    track.bed_fields = value_at<std::uint16_t>(header, 34);
    if (magic == kBigBedMagic) {
        track.rows = value_at<std::uint64_t>(bytes.at(value_at<std::uint64_t>(header, 16), 8), 0);
    }
    track.index_at = value_at<std::uint64_t>(header, 24);
    track.auto_sql_at = value_at<std::uint64_t>(header, 36);
    track.summary_at = value_at<std::uint64_t>(header, 44);
    track.largest_block = value_at<std::uint32_t>(header, 52);
    track.contigs = ChromTree(bytes, value_at<std::uint64_t>(header, 8)).contigs;
    const std::string index = bytes.at(track.index_at, 48);
    if (value_at<std::uint32_t>(index, 0) != kDataTreeMagic) {
        bytes.fail("is damaged: no index where the header points");
    }
    const auto first = value_at<std::uint32_t>(index, 16);
    if (value_at<std::uint64_t>(index, 8) != 0 && first < track.contigs.size()) {
        track.first_contig = track.contigs[first].name;
        track.first_base = value_at<std::uint32_t>(index, 20);
    }
    return track;
}

}  // namespace dna_hnet::tracks
