#include "tracks/bigwig.hpp"

#include <bigWig.h>
extern "C" {
#include <bwCommon.h>  // does not say itself that it is C
}
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <string_view>
#include <system_error>

#include "core/atomic_file.hpp"
#include "core/error.hpp"
#include "tracks/bigwig_library.hpp"
#include "tracks/disk_space.hpp"
#include "tracks/track_contigs.hpp"

namespace dna_hnet::tracks {
namespace {

constexpr int kZoomLevels = 10;  // IGV refuses files without zoom levels

// Closes a file. One that is still being written is given up as it is: the library would finish it,
// and say so on stderr when that fails.
struct CloseFile {
    void operator()(bigWigFile_t* file) const {
        if (file->isWrite && file->writeBuffer) {
            for (bwLL* entry = file->writeBuffer->firstIndexNode; entry;) {
                bwLL* const next = entry->next;
                bwDestroyIndexNode(entry->node);
                std::free(entry);
                entry = next;
            }
        }
        file->isWrite = 0;
        bwClose(file);
    }
};
using File = std::unique_ptr<bigWigFile_t, CloseFile>;

// True when the last four bytes are the format's magic number, which is the last thing that is
// written.
bool ends_in_magic(const std::filesystem::path& path) {
    std::FILE* file = std::fopen(path.c_str(), "rb");
    if (!file) return false;
    std::uint32_t magic = 0;
    const bool read = std::fseek(file, -4, SEEK_END) == 0 && std::fread(&magic, 4, 1, file) == 1;
    std::fclose(file);
    return read && magic == BIGWIG_MAGIC;
}

}  // namespace

struct BigWigWriter::Impl {
    AtomicPath path;
    std::vector<genome::Contig> contigs;
    std::vector<std::int64_t> rank;  // place of a contig in the file
    File file;
    std::int64_t contig = -1, end = 0;  // end of the last value written
    bool in_run = false;  // the base before `end` has a value, so that a run can go on
    std::uint64_t bases_covered = 0;
    float smallest = std::numeric_limits<float>::infinity();
    float largest = -std::numeric_limits<float>::infinity();

    Impl(const std::filesystem::path& target, const std::vector<genome::Contig>& all,
         AtomicGroup* group)
        : path(target, group), contigs(all), rank(all.size()) {}

    [[noreturn]] void fail(const std::string& what) const {
        throw run_error(fmt::format("{}: {}", path.target().string(), what));
    }

    void check(int status, std::string_view function) const {
        if (status == 0) return;
        if (std::ferror(stream())) fail_write(errno);
        fail(fmt::format("libBigWig: {} returned {}, expected 0", function, status));
    }

    std::FILE* stream() const { return file->URL->x.fp; }
    [[noreturn]] void fail_write(int error) const {
        fail(fmt::format("cannot write: {}",
                         error != 0 ? std::generic_category().message(error) : "write error"));
    }

    // Bytes that finishing adds at most: the last block, an index entry per block, and per zoom
    // level a record of 32 bytes for each of its windows that holds a value, with their index.
    std::int64_t finishing_bytes() const {
        double records = 0, genome = 0, window = 10;
        for (const genome::Contig& here : contigs) genome += static_cast<double>(here.length);
        for (int level = 0; level < kZoomLevels; ++level, window *= 4) {
            records += std::min(static_cast<double>(bases_covered),
                                genome / window + static_cast<double>(contigs.size()));
        }
        const auto blocks = static_cast<double>(file->writeBuffer->nBlocks + 1);
        return static_cast<std::int64_t>(kBufferBytes + 40 * blocks + 34 * records) + (1 << 16);
    }

    // Finishing reads the data back, and crashes where a write has failed: the space is reserved
    // first. Returns the size that was reserved.
    std::int64_t reserve() const {
        errno = 0;
        if (std::fflush(stream()) != 0 || std::ferror(stream())) fail_write(errno);
        const std::int64_t size = ftello(stream()) + finishing_bytes();
        if (const int error = reserve_space(fileno(stream()), size)) fail_write(error);
        return size;
    }

    void open(const std::vector<std::int64_t>& order) {
        std::vector<const char*> names;
        std::vector<std::uint32_t> lengths;
        for (std::size_t i = 0; i < order.size(); ++i) {
            rank[order[i]] = static_cast<std::int64_t>(i);
            names.push_back(contigs[order[i]].name.c_str());
            lengths.push_back(static_cast<std::uint32_t>(contigs[order[i]].length));
        }
        require_library();
        file.reset(bwOpen(path.temporary().c_str(), nullptr, "w"));
        if (!file) fail(fmt::format("cannot open for writing: {}", errno_text()));
        check(bwCreateHdr(file.get(), kZoomLevels), "bwCreateHdr");
        file->cl =
            bwCreateChromList(names.data(), lengths.data(), static_cast<int64_t>(names.size()));
        if (!file->cl) fail("libBigWig: bwCreateChromList failed");
        check(bwWriteHdr(file.get()), "bwWriteHdr");
    }

    void check_place(std::int64_t number, std::int64_t begin, std::size_t count) const {
        if (!file) fail("values added after close()");
        if (number < 0 || number >= static_cast<std::int64_t>(contigs.size())) {
            fail(fmt::format("got contig number {}, expected 0 to {}", number, contigs.size() - 1));
        }
        const genome::Contig& here = contigs[number];
        if (begin < 0 || begin > here.length ||
            static_cast<std::int64_t>(count) > here.length - begin) {
            fail(fmt::format("{}: values of [{}, {}) leave the contig, whose length is {}",
                             here.name, begin, begin + static_cast<std::int64_t>(count),
                             here.length));
        }
        if (contig >= 0 && rank[number] < rank[contig]) {
            fail(fmt::format("contig {} after {}: expected contigs in C order of their names",
                             here.name, contigs[contig].name));
        }
        if (number == contig && begin < end) {
            fail(
                fmt::format("{}: values from {} on, but those up to {} are written: "
                            "expected ascending positions",
                            here.name, begin, end));
        }
    }

    // Values without a NaN between them.
    void write_run(std::int64_t number, std::int64_t begin, const float* values,
                   std::size_t count) {
        const auto size = static_cast<std::uint32_t>(count);
        if (in_run && number == contig && begin == end) {
            check(bwAppendIntervalSpanSteps(file.get(), values, size), "bwAppendIntervalSpanSteps");
        } else {
            check(bwAddIntervalSpanSteps(file.get(), contigs[number].name.c_str(),
                                         static_cast<std::uint32_t>(begin), 1, 1, values, size),
                  "bwAddIntervalSpanSteps");
        }
        contig = number;
        end = begin + static_cast<std::int64_t>(count);
        in_run = true;
        bases_covered += count;
        const auto [low, high] = std::minmax_element(values, values + count);
        smallest = std::min(smallest, *low);
        largest = std::max(largest, *high);
    }
};

BigWigWriter::BigWigWriter(const std::filesystem::path& target,
                           const std::vector<genome::Contig>& contigs, AtomicGroup* group)
    : impl_(std::make_unique<Impl>(target, contigs, group)) {
    impl_->open(checked_contig_order(target, contigs));
}

BigWigWriter::~BigWigWriter() = default;

void BigWigWriter::add(std::int64_t contig, std::int64_t begin, const std::vector<float>& values) {
    impl_->check_place(contig, begin, values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (std::isinf(values[i])) {
            impl_->fail(fmt::format(
                "{}: the value of base {} (0-based) is {}, expected a finite "
                "number or NaN",
                impl_->contigs[contig].name, begin + static_cast<std::int64_t>(i), values[i]));
        }
    }
    // A NaN in the file would spoil the sums of its header: runs end before it.
    for (std::size_t from = 0; from < values.size();) {
        if (std::isnan(values[from])) {
            ++from;
            continue;
        }
        std::size_t to = from + 1;
        while (to < values.size() && !std::isnan(values[to])) ++to;
        impl_->write_run(contig, begin + static_cast<std::int64_t>(from), &values[from], to - from);
        from = to;
    }
    if (!values.empty()) {
        // Missing bases count as written too: nothing may come back to them.
        impl_->in_run = impl_->in_run && !std::isnan(values.back());
        impl_->contig = contig;
        impl_->end = begin + static_cast<std::int64_t>(values.size());
    }
}

void BigWigWriter::close() {
    if (!impl_->file) impl_->fail("closed twice");
    // The library's own extremes are wrong: the first value never counts as the maximum, nor does a
    // negative one, and a track without values would keep the largest double as its minimum.
    impl_->file->hdr->minVal = impl_->bases_covered > 0 ? impl_->smallest : 0;
    impl_->file->hdr->maxVal = impl_->bases_covered > 0 ? impl_->largest : 0;
    const std::int64_t reserved = impl_->reserve();
    bwClose(impl_->file.release());

    const std::filesystem::path& temporary = impl_->path.temporary();
    release_space(temporary, reserved);
    const File written(ends_in_magic(temporary) ? bwOpen(temporary.c_str(), nullptr, "r")
                                                : nullptr);
    if (!written || !written->hdr || written->hdr->nBasesCovered != impl_->bases_covered) {
        impl_->fail(
            fmt::format("the finished file does not read back with its {} values: "
                        "is the disk full?",
                        impl_->bases_covered));
    }
    impl_->path.commit();
}

}  // namespace dna_hnet::tracks
