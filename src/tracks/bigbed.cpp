#include "tracks/bigbed.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "tracks/block_file.hpp"
#include "tracks/coverage_depth.hpp"
#include "tracks/little_endian.hpp"
#include "tracks/track_file.hpp"
#include "tracks/zoom_levels.hpp"

namespace dna_hnet::tracks {
namespace {

constexpr std::uint32_t kRowsPerBlock = 512;
constexpr std::uint32_t kFirstZoom = 256;  // bases

}  // namespace

struct BigBedWriter::Impl {
    BlockFile file;
    std::uint16_t columns;
    ZoomLevels zooms;
    CoverageDepth depth;

    std::int64_t begin = 0;  // of the last row
    std::uint64_t rows = 0;
    std::string block;      // rows that wait to be written
    DataBlock block_place;  // theirs
    std::uint32_t in_block = 0;

    Impl(const std::filesystem::path& target, const std::vector<genome::Contig>& contigs,
         BigBedFields fields, AtomicGroup* group)
        : file(target, contigs,
               {kBigBedMagic, kRowsPerBlock, fields.count, fields.bed_fields, fields.auto_sql,
                "rows"},
               group),
          columns(fields.count),
          zooms(file, kFirstZoom),
          depth([this](std::uint32_t contig, std::uint32_t from, std::uint32_t to,
                       std::uint32_t times) { zooms.add(contig, from, to, times); }) {}

    void flush_rows() {
        if (in_block > 0) file.write_block(block_place, file.pack(block));
        block.clear();
        in_block = 0;
    }

    void check_row(std::int64_t number, std::int64_t from, std::int64_t to,
                   std::string_view rest) const {
        const genome::Contig& here = file.next_contig(number);
        if (from < 0 || from >= to || to > here.length) {
            file.fail(
                fmt::format("{}: got a row of [{}, {}), expected one base or more inside [0, {})",
                            here.name, from, to, here.length));
        }
        if (file.is_present(number) && from < begin) {
            file.fail(fmt::format(
                "{}: a row that starts at {} after one at {}: expected rows sorted by start",
                here.name, from, begin));
        }
        const auto count = 3 + (rest.empty() ? 0 : 1 + std::count(rest.begin(), rest.end(), '\t'));
        if (count != columns) {
            file.fail(
                fmt::format("{}: a row of {} columns, expected {}", here.name, count, columns));
        }
        if (rest.find_first_of(std::string_view("\0\n\r", 3)) != std::string_view::npos) {
            file.fail(fmt::format("{}: a row with a NUL or a line end", here.name));
        }
    }
};

BigBedWriter::BigBedWriter(const std::filesystem::path& target,
                           const std::vector<genome::Contig>& contigs, BigBedFields fields,
                           AtomicGroup* group)
    : impl_(std::make_unique<Impl>(target, contigs, std::move(fields), group)) {}

BigBedWriter::~BigBedWriter() = default;

void BigBedWriter::add(std::int64_t contig, std::int64_t begin, std::int64_t end,
                       std::string_view rest) {
    Impl& impl = *impl_;
    impl.check_row(contig, begin, end, rest);
    if (!impl.file.is_present(contig) || impl.in_block == kRowsPerBlock) impl.flush_rows();
    const std::uint32_t id = impl.file.enter(contig);
    const auto from = static_cast<std::uint32_t>(begin), to = static_cast<std::uint32_t>(end);
    if (impl.in_block == 0) impl.block_place = {id, from, to, 0, 0};
    impl.block_place.end = std::max(impl.block_place.end, to);
    append_bytes(impl.block, id, from, to);
    impl.block.append(rest);
    impl.block += '\0';
    ++impl.in_block;
    ++impl.rows;
    impl.begin = begin;
    impl.depth.add(id, from, to);
}

void BigBedWriter::close() {
    Impl& impl = *impl_;
    impl.file.start_close();
    impl.flush_rows();
    impl.depth.finish();
    impl.file.finish_data(impl.rows);
    impl.zooms.write();
    impl.file.close(impl.zooms.total());
}

}  // namespace dna_hnet::tracks
