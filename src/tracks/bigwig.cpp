#include "tracks/bigwig.hpp"

#include <fmt/format.h>

#include <cmath>

#include "tracks/block_file.hpp"
#include "tracks/little_endian.hpp"
#include "tracks/track_file.hpp"
#include "tracks/zoom_levels.hpp"

namespace dna_hnet::tracks {
namespace {

constexpr std::size_t kValuesPerBlock = 2048;
constexpr std::size_t kShortRun = 32;     // shorter runs share blocks
constexpr std::uint32_t kFirstZoom = 32;  // bases

// The kinds of blocks that are written here, by the format's numbers.
constexpr std::uint8_t kScattered = 2;  // each value with its base
constexpr std::uint8_t kAdjacent = 3;   // one value per base
constexpr std::size_t kScatteredBytes = sizeof(std::uint32_t) + sizeof(float);

}  // namespace

// Values wait in `run` as long as their bases are adjacent and there is room. What a block holds is
// a function of the values alone, not of how they are split into calls.
struct BigWigWriter::Impl {
    BlockFile file;
    ZoomLevels zooms;
    std::uint32_t contig = 0;  // as it is numbered in the file
    std::int64_t end = 0;      // of the values and missing bases that were added last
    std::uint64_t blocks = 0;

    std::vector<float> run;
    std::int64_t run_begin = 0;
    std::string scattered;  // short runs before `run`
    std::uint32_t scattered_begin = 0, scattered_end = 0;

    Impl(const std::filesystem::path& target, const std::vector<genome::Contig>& contigs,
         AtomicGroup* group)
        : file(target, contigs, {kBigWigMagic}, group), zooms(file, kFirstZoom) {}

    void check(std::int64_t number, std::int64_t begin, const std::vector<float>& values) const {
        const genome::Contig& here = file.next_contig(number);
        const auto count = static_cast<std::int64_t>(values.size());
        if (begin < 0 || begin > here.length || count > here.length - begin) {
            file.fail(fmt::format("{}: values of [{}, {}) leave the contig, whose length is {}",
                                  here.name, begin, begin + count, here.length));
        }
        if (file.is_present(number) && begin < end) {
            file.fail(
                fmt::format("{}: values from {} on, but those up to {} are written: "
                            "expected ascending positions",
                            here.name, begin, end));
        }
        for (std::int64_t i = 0; i < count; ++i) {
            const float value = values[static_cast<std::size_t>(i)];
            if (std::isinf(value)) {
                file.fail(
                    fmt::format("{}: the value of base {} (0-based) is {}, expected a finite "
                                "number or NaN",
                                here.name, begin + i, value));
            }
        }
    }

    void enter(std::int64_t number) {
        if (file.is_present(number)) return;
        flush_run();
        flush_scattered();
        contig = file.enter(number);
    }

    // Values without a NaN between them.
    void append(std::int64_t begin, const float* values, std::size_t count) {
        zooms.add(contig, static_cast<std::uint32_t>(begin), values, count);
        if (begin != run_begin + static_cast<std::int64_t>(run.size())) {
            flush_run();
            run_begin = begin;
        }
        while (count > 0) {
            const std::size_t part = std::min(count, kValuesPerBlock - run.size());
            run.insert(run.end(), values, values + part);
            values += part;
            count -= part;
            if (run.size() == kValuesPerBlock) flush_run();
        }
    }

    void flush_run() {
        const auto begin = static_cast<std::uint32_t>(run_begin);
        const auto run_end = static_cast<std::uint32_t>(begin + run.size());
        if (run.size() >= kShortRun) {
            flush_scattered();
            write_block(kAdjacent, begin, run_end,
                        {reinterpret_cast<const char*>(run.data()), run.size() * sizeof(float)},
                        run.size());
        } else if (!run.empty()) {
            if (scattered.size() / kScatteredBytes + run.size() > kValuesPerBlock) {
                flush_scattered();
            }
            if (scattered.empty()) scattered_begin = begin;
            for (std::uint32_t base = begin; base < run_end; ++base) {
                append_bytes(scattered, base, run[base - begin]);
            }
            scattered_end = run_end;
        }
        run_begin = run_end;
        run.clear();
    }

    void flush_scattered() {
        if (scattered.empty()) return;
        write_block(kScattered, scattered_begin, scattered_end, scattered,
                    scattered.size() / kScatteredBytes);
        scattered.clear();
    }

    void write_block(std::uint8_t kind, std::uint32_t begin, std::uint32_t block_end,
                     std::string_view items, std::size_t count) {
        const std::uint32_t step = kind == kAdjacent ? 1 : 0, span = 1;
        std::string bytes;
        append_bytes(bytes, contig, begin, block_end, step, span, kind, std::uint8_t{0},
                     static_cast<std::uint16_t>(count));
        bytes += items;
        file.write_block({contig, begin, block_end, 0, 0}, file.pack(bytes));
        ++blocks;
    }
};

BigWigWriter::BigWigWriter(const std::filesystem::path& target,
                           const std::vector<genome::Contig>& contigs, AtomicGroup* group)
    : impl_(std::make_unique<Impl>(target, contigs, group)) {}

BigWigWriter::~BigWigWriter() = default;

void BigWigWriter::add(std::int64_t contig, std::int64_t begin, const std::vector<float>& values) {
    impl_->check(contig, begin, values);
    if (values.empty()) return;
    impl_->enter(contig);
    for (std::size_t from = 0; from < values.size();) {
        if (std::isnan(values[from])) {
            ++from;
            continue;
        }
        std::size_t to = from + 1;
        while (to < values.size() && !std::isnan(values[to])) ++to;
        impl_->append(begin + static_cast<std::int64_t>(from), &values[from], to - from);
        from = to;
    }
    // Missing bases count as written too: nothing may come back to them.
    impl_->end = begin + static_cast<std::int64_t>(values.size());
}

void BigWigWriter::close() {
    impl_->file.start_close();
    impl_->flush_run();
    impl_->flush_scattered();
    impl_->file.finish_data(impl_->blocks);
    impl_->zooms.write();
    impl_->file.close(impl_->zooms.total());
}

}  // namespace dna_hnet::tracks
