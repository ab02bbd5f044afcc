#include "tracks/track_file.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <fstream>
#include <memory>
#include <string>

#include "core/error.hpp"
#include "tracks/little_endian.hpp"
#include "tracks/search_trees.hpp"

namespace dna_hnet::tracks {
namespace {

constexpr std::uint32_t kLongestName = 1 << 16;
constexpr int kDeepestTree = 16;

class Reader {
  public:
    explicit Reader(const std::filesystem::path& path) : path_(path) {
        file_.reset(std::fopen(path.c_str(), "rb"));
        if (!file_ || std::fseek(file_.get(), 0, SEEK_END) != 0) {
            fail(fmt::format("cannot open: {}", errno_text()));
        }
        size_ = static_cast<std::uint64_t>(ftello(file_.get()));
    }

    [[noreturn]] void fail(const std::string& what) const {
        throw input_error(fmt::format("{}: {}", path_.string(), what));
    }

    std::string bytes(std::uint64_t offset, std::uint64_t count) const {
        if (offset > size_ || count > size_ - offset) {
            fail(fmt::format("is damaged: {} bytes are wanted at {}, the file has {}", count,
                             offset, size_));
        }
        std::string text(count, '\0');
        if (fseeko(file_.get(), static_cast<off_t>(offset), SEEK_SET) != 0 ||
            std::fread(text.data(), 1, count, file_.get()) != count) {
            fail(fmt::format("cannot read: {}", errno_text()));
        }
        return text;
    }

    std::uint64_t size() const { return size_; }

  private:
    struct Close {
        void operator()(std::FILE* file) const { std::fclose(file); }
    };
    std::filesystem::path path_;
    std::unique_ptr<std::FILE, Close> file_;
    std::uint64_t size_ = 0;
};

struct ChromTree {
    const Reader& reader;
    std::uint32_t key_size;
    std::uint64_t count;
    std::vector<genome::Contig> contigs;
    std::vector<std::uint32_t> numbers;  // of the contigs in the data

    void read_node(std::uint64_t offset, int depth) {
        if (depth > kDeepestTree) reader.fail("is damaged: the tree of its contigs has no end");
        const std::string head = reader.bytes(offset, 4);
        const bool leaf = head[0] != 0;
        const auto entries = value_at<std::uint16_t>(head, 2);
        const std::uint64_t entry_size = std::uint64_t{key_size} + 8;
        const std::string node = reader.bytes(offset + 4, entries * entry_size);
        for (std::uint64_t i = 0; i < entries; ++i) {
            const std::uint64_t at = i * entry_size;
            if (!leaf) {
                read_node(value_at<std::uint64_t>(node, at + key_size), depth + 1);
                continue;
            }
            if (contigs.size() == count) reader.fail("is damaged: more contigs than it announces");
            const std::string key = node.substr(at, key_size);
            contigs.push_back({key.substr(0, key.find('\0')),
                               value_at<std::uint32_t>(node, at + key_size + 4),
                               {}});
            numbers.push_back(value_at<std::uint32_t>(node, at + key_size));
        }
    }
};

}  // namespace

bool begins_with(const std::filesystem::path& path, std::uint32_t magic) {
    std::ifstream file(path, std::ios::binary);
    std::string head(4, '\0');
    return file.read(head.data(), 4) && value_at<std::uint32_t>(head, 0) == magic;
}

TrackFile read_track_file(const std::filesystem::path& path) {
    const Reader reader(path);
    const std::string header = reader.size() >= 64 ? reader.bytes(0, 64) : std::string(64, '\0');
    const auto magic = value_at<std::uint32_t>(header, 0);
    if (magic != kBigWigMagic && magic != kBigBedMagic) {
        reader.fail("is neither a bigWig nor a bigBed file");
    }
    if (value_at<std::uint32_t>(reader.bytes(reader.size() - 4, 4), 0) != magic) {
        reader.fail("does not end in its magic number: is it cut short?");
    }
    TrackFile track;
    track.format = magic == kBigWigMagic ? TrackFile::Format::bigwig : TrackFile::Format::bigbed;
    track.zoom_levels = value_at<std::uint16_t>(header, 6);
    track.fields = value_at<std::uint16_t>(header, 32);
    track.bed_fields = value_at<std::uint16_t>(header, 34);
    if (magic == kBigBedMagic) {
        track.rows =
            value_at<std::uint64_t>(reader.bytes(value_at<std::uint64_t>(header, 16), 8), 0);
    }
    const auto tree_at = value_at<std::uint64_t>(header, 8);
    const std::string tree = reader.bytes(tree_at, 32);
    const auto key_size = value_at<std::uint32_t>(tree, 8);
    if (value_at<std::uint32_t>(tree, 0) != kChromTreeMagic || key_size > kLongestName) {
        reader.fail("is damaged: no tree of contigs where the header points");
    }
    ChromTree contigs{reader, key_size, value_at<std::uint64_t>(tree, 16), {}, {}};
    contigs.read_node(tree_at + 32, 0);
    if (contigs.contigs.size() != contigs.count) {
        reader.fail(fmt::format("is damaged: {} contigs, but it announces {}",
                                contigs.contigs.size(), contigs.count));
    }
    const std::string index = reader.bytes(value_at<std::uint64_t>(header, 24), 48);
    if (value_at<std::uint32_t>(index, 0) != kDataTreeMagic) {
        reader.fail("is damaged: no index where the header points");
    }
    for (std::size_t i = 0; i < contigs.numbers.size(); ++i) {
        if (value_at<std::uint64_t>(index, 8) == 0 ||
            contigs.numbers[i] != value_at<std::uint32_t>(index, 16)) {
            continue;
        }
        track.first_contig = contigs.contigs[i].name;
        track.first_base = value_at<std::uint32_t>(index, 20);
    }
    track.contigs = std::move(contigs.contigs);
    return track;
}

}  // namespace dna_hnet::tracks
