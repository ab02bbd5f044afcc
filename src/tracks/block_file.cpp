#include "tracks/block_file.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>

#include "core/error.hpp"
#include "tracks/little_endian.hpp"
#include "tracks/track_contigs.hpp"

namespace dna_hnet::tracks {
namespace {

constexpr std::uint16_t kVersion = 4;
constexpr std::size_t kHeaderBytes = 64, kZoomHeaderBytes = 24, kSummaryBytes = 40;
constexpr std::size_t kAutoSqlAt = kHeaderBytes + kZoomHeaderBytes * kMostZoomLevels;

// The header is written last, which a pipe cannot do.
const std::filesystem::path& regular(const std::filesystem::path& target) {
    std::error_code error;
    const std::filesystem::file_status status = std::filesystem::status(target, error);
    if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status)) {
        throw run_error(fmt::format("{}: cannot write: not a regular file", target.string()));
    }
    return target;
}

// Where the file itself will lie, which has room for it.
std::filesystem::path folder_of(const std::filesystem::path& target) {
    std::error_code error;
    const std::filesystem::path real = std::filesystem::weakly_canonical(target, error);
    return (error ? std::filesystem::absolute(target) : real).parent_path();
}

}  // namespace

void BlockFile::EndDeflate::operator()(z_stream_s* stream) const {
    deflateEnd(stream);
    delete stream;
}

BlockFile::BlockFile(const std::filesystem::path& target,
                     const std::vector<genome::Contig>& contigs, BlockFileFormat format,
                     AtomicGroup* group)
    : file_(regular(target), group),
      contigs_(contigs),
      rank_(contigs.size()),
      format_(std::move(format)),
      spill_(fmt::format("the index and zoom levels of {}", target.string()), folder_of(target)) {
    write_front(checked_contig_order(target, contigs));
}

void BlockFile::fail(const std::string& what) const {
    throw run_error(fmt::format("{}: {}", file_.target().string(), what));
}

void BlockFile::write(std::string_view bytes) {
    file_.write(bytes);
    position_ += bytes.size();
}

// Everything before the data.
void BlockFile::write_front(const std::vector<std::int64_t>& order) {
    std::vector<genome::Contig> sorted;
    for (std::size_t i = 0; i < order.size(); ++i) {
        const auto number = static_cast<std::size_t>(order[i]);
        rank_[number] = static_cast<std::uint32_t>(i);
        sorted.push_back(contigs_[number]);
    }
    write(std::string(kAutoSqlAt, '\0'));
    if (!format_.auto_sql.empty()) write(format_.auto_sql + '\0');
    summary_at_ = position_;
    write(std::string(kSummaryBytes, '\0'));
    chrom_tree_at_ = position_;
    write(chrom_tree(sorted, position_));
    data_at_ = position_;
    write(std::string(sizeof items_, '\0'));
}

const genome::Contig& BlockFile::next_contig(std::int64_t number) const {
    if (closed_) fail(fmt::format("{} added after close()", format_.items));
    if (number < 0 || number >= static_cast<std::int64_t>(contigs_.size())) {
        fail(fmt::format("got contig number {}, expected 0 to {}", number, contigs_.size() - 1));
    }
    const auto next = static_cast<std::size_t>(number),
               present = static_cast<std::size_t>(present_);
    if (present_ >= 0 && rank_[next] < rank_[present]) {
        fail(fmt::format("contig {} after {}: expected contigs in C order of their names",
                         contigs_[next].name, contigs_[present].name));
    }
    return contigs_[next];
}

std::uint32_t BlockFile::enter(std::int64_t number) {
    present_ = number;
    return rank_[static_cast<std::size_t>(number)];
}

std::string BlockFile::pack(std::string_view bytes) {
    if (!deflate_) {
        auto stream = std::make_unique<z_stream>();
        if (const int status = deflateInit(stream.get(), Z_DEFAULT_COMPRESSION); status != Z_OK) {
            fail(fmt::format("zlib: deflateInit returned {}, expected 0", status));
        }
        deflate_.reset(stream.release());
    }
    deflateReset(deflate_.get());
    std::string packed(deflateBound(deflate_.get(), static_cast<uLong>(bytes.size())), '\0');
    deflate_->next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    deflate_->avail_in = static_cast<uInt>(bytes.size());
    deflate_->next_out = reinterpret_cast<Bytef*>(packed.data());
    deflate_->avail_out = static_cast<uInt>(packed.size());
    if (const int status = deflate(deflate_.get(), Z_FINISH); status != Z_STREAM_END) {
        fail(fmt::format("zlib: deflate returned {}, expected {}", status, Z_STREAM_END));
    }
    packed.resize(deflate_->total_out);
    largest_block_ = std::max(largest_block_, bytes.size());
    return packed;
}

void BlockFile::write_block(DataBlock place, std::string_view packed) {
    place.offset = position_;
    place.size = packed.size();
    write(packed);
    tree_.add(place);
}

std::uint64_t BlockFile::write_tree(std::uint32_t items_per_block) {
    const std::uint64_t offset = position_;
    tree_.write(offset, items_per_block, [&](std::string_view bytes) { write(bytes); });
    return offset;
}

void BlockFile::finish_data(std::uint64_t items) {
    items_ = items;
    data_tree_at_ = write_tree(format_.items_per_block);
}

void BlockFile::start_zoom(std::uint32_t width, std::uint32_t records) {
    zooms_.push_back({width, position_, 0});
    std::string count;
    append_bytes(count, records);
    write(count);
}

void BlockFile::finish_zoom() {
    zooms_.back().index = write_tree(kZoomRecordsPerBlock);
}

std::string BlockFile::header() const {
    std::string bytes;
    append_bytes(bytes, format_.magic, kVersion, static_cast<std::uint16_t>(zooms_.size()),
                 chrom_tree_at_, data_at_, data_tree_at_, format_.fields, format_.bed_fields,
                 std::uint64_t{format_.auto_sql.empty() ? 0 : kAutoSqlAt}, summary_at_,
                 static_cast<std::uint32_t>(largest_block_), std::uint64_t{0});
    for (const Zoom& zoom : zooms_) {
        append_bytes(bytes, zoom.width, std::uint32_t{0}, zoom.data, zoom.index);
    }
    return bytes;
}

void BlockFile::start_close() {
    if (closed_) fail("closed twice");
    closed_ = true;
}

void BlockFile::close(const ValueSums& total) {
    std::string magic, summary, count;
    append_bytes(magic, format_.magic);
    write(magic);
    file_.overwrite(0, header());
    append_bytes(summary, total.bases, total.smallest, total.largest, total.sum,
                 total.sum_of_squares);
    file_.overwrite(static_cast<std::int64_t>(summary_at_), summary);
    append_bytes(count, items_);
    file_.overwrite(static_cast<std::int64_t>(data_at_), count);
    file_.commit();
}

}  // namespace dna_hnet::tracks
