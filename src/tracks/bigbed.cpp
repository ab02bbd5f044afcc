#include "tracks/bigbed.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>

#include "core/atomic_file.hpp"
#include "core/error.hpp"
#include "tracks/bigbed_index.hpp"
#include "tracks/coverage_zoom.hpp"
#include "tracks/little_endian.hpp"
#include "tracks/track_contigs.hpp"
#include "tracks/track_file.hpp"

namespace dna_hnet::tracks {
namespace {

constexpr std::uint32_t kRowsPerBlock = 512;
constexpr std::uint16_t kVersion = 4;
constexpr std::size_t kHeaderBytes = 64, kZoomHeaderBytes = 24, kSummaryBytes = 40;
constexpr std::size_t kAutoSqlAt = kHeaderBytes + kZoomHeaderBytes * CoverageZoom::kMostLevels;

struct ZoomPlace {
    std::uint32_t width;
    std::uint64_t data, index;
};

}  // namespace

struct BigBedWriter::Impl {
    AtomicFile file;
    std::vector<genome::Contig> contigs;  // as given
    std::vector<std::uint32_t> rank;      // number of a contig in the file
    BigBedFields fields;
    std::uint64_t position = 0;  // bytes written
    std::uint64_t summary_at = 0, chrom_tree_at = 0, data_at = 0, data_tree_at = 0;
    bool closed = false;

    std::int64_t contig = -1, begin = 0;  // of the last row
    std::uint64_t rows = 0;
    std::string block;      // rows that wait to be written
    DataBlock block_entry;  // theirs
    std::uint32_t in_block = 0;
    std::vector<DataBlock> blocks;
    std::size_t largest_block = 0;
    CoverageZoom coverage;
    std::vector<ZoomPlace> zooms;

    Impl(const std::filesystem::path& target, const std::vector<genome::Contig>& all,
         BigBedFields all_fields, AtomicGroup* group)
        : file(target, group), contigs(all), rank(all.size()), fields(std::move(all_fields)) {}

    [[noreturn]] void fail(const std::string& what) const {
        throw run_error(fmt::format("{}: {}", file.target().string(), what));
    }

    void write(const std::string& bytes) {
        file.write(bytes);
        position += bytes.size();
    }

    // Everything before the rows; the header itself is patched in at the end.
    void write_front(const std::vector<std::int64_t>& order) {
        std::vector<genome::Contig> sorted;
        for (std::size_t i = 0; i < order.size(); ++i) {
            const auto number = static_cast<std::size_t>(order[i]);
            rank[number] = static_cast<std::uint32_t>(i);
            sorted.push_back(contigs[number]);
        }
        write(std::string(kAutoSqlAt, '\0'));
        write(fields.auto_sql + '\0');
        summary_at = position;
        write(std::string(kSummaryBytes, '\0'));
        chrom_tree_at = position;
        write(chrom_tree(sorted, position));
        data_at = position;
        write(std::string(sizeof rows, '\0'));
    }

    // Compresses `bytes` into the file; `entry` gets the place.
    void write_block(const std::string& bytes, DataBlock& entry) {
        uLongf size = compressBound(static_cast<uLong>(bytes.size()));
        std::string packed(size, '\0');
        const int status = compress(reinterpret_cast<Bytef*>(packed.data()), &size,
                                    reinterpret_cast<const Bytef*>(bytes.data()),
                                    static_cast<uLong>(bytes.size()));
        if (status != Z_OK) fail(fmt::format("zlib: compress returned {}, expected 0", status));
        packed.resize(size);
        largest_block = std::max(largest_block, bytes.size());
        entry.offset = position;
        entry.size = size;
        write(packed);
    }

    void flush_rows() {
        if (in_block == 0) return;
        write_block(block, block_entry);
        blocks.push_back(block_entry);
        block.clear();
        in_block = 0;
    }

    void check_row(std::int64_t number, std::int64_t from, std::int64_t to,
                   std::string_view rest) const {
        if (closed) fail("rows added after close()");
        if (number < 0 || number >= static_cast<std::int64_t>(contigs.size())) {
            fail(fmt::format("got contig number {}, expected 0 to {}", number, contigs.size() - 1));
        }
        const genome::Contig& here = contigs[static_cast<std::size_t>(number)];
        if (from < 0 || from >= to || to > here.length) {
            fail(fmt::format("{}: got a row of [{}, {}), expected one base or more inside [0, {})",
                             here.name, from, to, here.length));
        }
        if (contig >= 0 &&
            rank[static_cast<std::size_t>(number)] < rank[static_cast<std::size_t>(contig)]) {
            fail(fmt::format("contig {} after {}: expected contigs in C order of their names",
                             here.name, contigs[static_cast<std::size_t>(contig)].name));
        }
        if (number == contig && from < begin) {
            fail(
                fmt::format("{}: a row that starts at {} after one at {}: expected rows sorted by "
                            "start",
                            here.name, from, begin));
        }
        const auto columns =
            3 + (rest.empty() ? 0 : 1 + std::count(rest.begin(), rest.end(), '\t'));
        if (columns != fields.count) {
            fail(fmt::format("{}: a row of {} columns, expected {}", here.name, columns,
                             fields.count));
        }
        if (rest.find_first_of(std::string_view("\0\n\r", 3)) != std::string_view::npos) {
            fail(fmt::format("{}: a row with a NUL or a line end", here.name));
        }
    }

    void write_zoom(const ZoomLevel& level) {
        ZoomPlace place{level.width, position, 0};
        std::string bytes;
        append_bytes(bytes, static_cast<std::uint32_t>(level.windows.size()));
        write(bytes);
        std::vector<DataBlock> zoom_blocks;
        for (std::size_t from = 0; from < level.windows.size();) {
            const std::uint32_t id = level.windows[from].contig;
            std::size_t to = from;
            bytes.clear();
            DataBlock entry{id, level.windows[from].number * level.width, 0, 0, 0};
            for (; to < level.windows.size() && to < from + kRowsPerBlock &&
                   level.windows[to].contig == id;
                 ++to) {
                const ZoomWindow& window = level.windows[to];
                const std::uint64_t edge = (std::uint64_t{window.number} + 1) * level.width;
                entry.end = static_cast<std::uint32_t>(std::min<std::uint64_t>(edge, lengths[id]));
                append_bytes(bytes, id, window.number * level.width, entry.end,
                             static_cast<std::uint32_t>(window.depth.bases),
                             static_cast<float>(window.depth.smallest),
                             static_cast<float>(window.depth.largest),
                             static_cast<float>(window.depth.sum),
                             static_cast<float>(window.depth.sum_of_squares));
            }
            write_block(bytes, entry);
            zoom_blocks.push_back(entry);
            from = to;
        }
        place.index = position;
        write(data_tree(zoom_blocks, kRowsPerBlock, position, position));
        zooms.push_back(place);
    }

    // The header, and what else was left open before the rows.
    void patch() {
        std::string header;
        append_bytes(header, kBigBedMagic, kVersion, static_cast<std::uint16_t>(zooms.size()),
                     chrom_tree_at, data_at, data_tree_at, fields.count, fields.bed_fields,
                     std::uint64_t{kAutoSqlAt}, summary_at,
                     static_cast<std::uint32_t>(largest_block), std::uint64_t{0});
        for (const ZoomPlace& zoom : zooms) {
            append_bytes(header, zoom.width, std::uint32_t{0}, zoom.data, zoom.index);
        }
        file.overwrite(0, header);
        const DepthSums& total = coverage.total();
        std::string summary;
        append_bytes(summary, total.bases, total.smallest, total.largest, total.sum,
                     total.sum_of_squares);
        file.overwrite(static_cast<std::int64_t>(summary_at), summary);
        std::string count;
        append_bytes(count, rows);
        file.overwrite(static_cast<std::int64_t>(data_at), count);
    }

    std::vector<std::int64_t> lengths;  // by number in the file
};

BigBedWriter::BigBedWriter(const std::filesystem::path& target,
                           const std::vector<genome::Contig>& contigs, BigBedFields fields,
                           AtomicGroup* group)
    : impl_(std::make_unique<Impl>(target, contigs, std::move(fields), group)) {
    const std::vector<std::int64_t> order = checked_contig_order(target, contigs);
    for (const std::int64_t number : order) {
        impl_->lengths.push_back(contigs[static_cast<std::size_t>(number)].length);
    }
    impl_->write_front(order);
}

BigBedWriter::~BigBedWriter() = default;

void BigBedWriter::add(std::int64_t contig, std::int64_t begin, std::int64_t end,
                       std::string_view rest) {
    Impl& impl = *impl_;
    impl.check_row(contig, begin, end, rest);
    if (contig != impl.contig || impl.in_block == kRowsPerBlock) impl.flush_rows();
    const std::uint32_t id = impl.rank[static_cast<std::size_t>(contig)];
    const auto from = static_cast<std::uint32_t>(begin), to = static_cast<std::uint32_t>(end);
    if (impl.in_block == 0) impl.block_entry = {id, from, to, 0, 0};
    impl.block_entry.end = std::max(impl.block_entry.end, to);
    append_bytes(impl.block, id, from, to);
    impl.block.append(rest);
    impl.block += '\0';
    ++impl.in_block;
    ++impl.rows;
    impl.contig = contig;
    impl.begin = begin;
    impl.coverage.add(id, from, to);
}

void BigBedWriter::close() {
    Impl& impl = *impl_;
    if (impl.closed) impl.fail("closed twice");
    impl.closed = true;
    impl.flush_rows();
    impl.coverage.finish();
    impl.data_tree_at = impl.position;
    impl.write(data_tree(impl.blocks, kRowsPerBlock, impl.position, impl.position));
    for (const ZoomLevel& level : impl.coverage.levels()) impl.write_zoom(level);
    std::string magic;
    append_bytes(magic, kBigBedMagic);
    impl.write(magic);
    impl.patch();
    impl.file.commit();
}

}  // namespace dna_hnet::tracks
