#include "tracks/bigbed_reader.hpp"

#include <fmt/format.h>

#include <utility>

#include "tracks/block_reader.hpp"
#include "tracks/little_endian.hpp"

namespace dna_hnet::tracks {
namespace {

constexpr std::size_t kRowHead = 12;  // bytes: contig, begin, end

}  // namespace

bool is_bigbed(const std::string& path) {
    return begins_with(path, kBigBedMagic);
}

struct BigBedReader::Impl {
    explicit Impl(const std::string& path)
        : file(path, TrackFile::Format::bigbed),
          blocks(file.blocks()),
          fields{file.auto_sql(), file.file().fields, file.file().bed_fields} {}

    BlockReader file;
    BlockReader::Blocks blocks;
    BigBedFields fields;
    std::string block;
    std::size_t at = 0;  // byte of the block where the next row begins
    std::uint64_t rows = 0;
    std::pair<std::int64_t, std::int64_t> last;  // contig and begin of the last row
};

BigBedReader::BigBedReader(const std::string& path) : impl_(std::make_unique<Impl>(path)) {}
BigBedReader::~BigBedReader() = default;
BigBedReader::BigBedReader(BigBedReader&&) noexcept = default;

const std::vector<genome::Contig>& BigBedReader::contigs() const {
    return impl_->file.file().contigs;
}

const BigBedFields& BigBedReader::fields() const {
    return impl_->fields;
}

bool BigBedReader::next(Row& row) {
    Impl& impl = *impl_;
    while (impl.at == impl.block.size()) {
        if (!impl.blocks.next(impl.block)) {
            if (impl.rows == impl.file.file().rows) return false;
            impl.file.fail(fmt::format("damaged: {} rows, but it announces {}", impl.rows,
                                       impl.file.file().rows));
        }
        impl.at = 0;
    }
    const std::size_t text = impl.at + kRowHead;
    const std::size_t end = text <= impl.block.size() ? impl.block.find('\0', text) : text;
    if (end >= impl.block.size()) impl.file.fail("is damaged: a block ends inside a row");
    const auto contig = value_at<std::uint32_t>(impl.block, impl.at);
    if (contig >= contigs().size()) impl.file.fail("is damaged: a row of no contig");
    row.contig = contig;
    row.begin = value_at<std::uint32_t>(impl.block, impl.at + 4);
    row.end = value_at<std::uint32_t>(impl.block, impl.at + 8);
    row.rest = impl.block.substr(text, end - text);
    if (row.begin > row.end || row.end > contigs()[contig].length ||
        std::pair(row.contig, row.begin) < impl.last) {
        impl.file.fail("is damaged: its rows are not in order, or leave their contig");
    }
    impl.last = {row.contig, row.begin};
    impl.at = end + 1;
    ++impl.rows;
    return true;
}

}  // namespace dna_hnet::tracks
