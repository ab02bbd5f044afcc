#include "tracks/bigwig_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "core/error.hpp"
#include "tracks/bigwig_library.hpp"
#include "tracks/track_file.hpp"

namespace dna_hnet::tracks {
namespace {

struct DestroyIntervals {
    void operator()(bwOverlappingIntervals_t* runs) const { bwDestroyOverlappingIntervals(runs); }
};

}  // namespace

bool is_bigwig(const std::string& path) {
    return begins_with(path, kBigWigMagic);
}

struct BigWigReader::Impl {
    std::string path;
    std::unique_ptr<bigWigFile_t, CloseFile> file;
    std::vector<genome::Contig> contigs;
    std::size_t contig = 0;  // the next to be opened
    std::unique_ptr<bwOverlapIterator_t, DestroyIterator> iterator;
    std::uint32_t at = 0;  // of the iterator's intervals
    std::uint64_t bases = 0;

    [[noreturn]] void fail(const std::string& what) const {
        throw input_error(fmt::format("{}: {}", path, what), "copy or make the file again");
    }

    // The next intervals of the file, at `at`; false at the end.
    bool fill() {
        while (!iterator || !iterator->intervals || at >= iterator->intervals->l) {
            at = 0;
            if (iterator && iterator->data) {
                // On an error the library has destroyed it.
                iterator.reset(bwIteratorNext(iterator.release()));
                if (!iterator) fail("damaged: its values cannot be read");
                continue;
            }
            if (contig == contigs.size()) return false;
            const genome::Contig& here = contigs[contig++];
            iterator.reset(bwOverlappingIntervalsIterator(file.get(), here.name.c_str(), 0,
                                                          static_cast<std::uint32_t>(here.length),
                                                          kBlocks));
            if (!iterator) fail("damaged: its values cannot be read");
        }
        return true;
    }
};

BigWigReader::BigWigReader(const std::string& path) : impl_(std::make_unique<Impl>()) {
    impl_->path = path;
    require_library();
    if (is_bigwig(path)) impl_->file.reset(bwOpen(path.c_str(), nullptr, "r"));
    if (!impl_->file || !impl_->file->hdr || !impl_->file->cl) {
        throw input_error(fmt::format("{}: cannot be read as a bigWig", path));
    }
    impl_->contigs = contigs_of(*impl_->file);
    // A file without values has no blocks to search.
    if (impl_->file->hdr->nBasesCovered == 0) impl_->contig = impl_->contigs.size();
}

BigWigReader::~BigWigReader() = default;
BigWigReader::BigWigReader(BigWigReader&&) noexcept = default;

const std::vector<genome::Contig>& BigWigReader::contigs() const {
    return impl_->contigs;
}

bool BigWigReader::next(Run& run) {
    if (!impl_->fill()) {
        if (impl_->bases != impl_->file->hdr->nBasesCovered) {
            impl_->fail(fmt::format("damaged: {} values, its header says {}", impl_->bases,
                                    impl_->file->hdr->nBasesCovered));
        }
        return false;
    }
    const bwOverlappingIntervals_t& all = *impl_->iterator->intervals;
    run.contig = static_cast<std::int64_t>(impl_->contig) - 1;
    run.begin = all.start[impl_->at];
    run.values.clear();
    for (; impl_->at < all.l && all.start[impl_->at] == run.end(); ++impl_->at) {
        run.values.insert(run.values.end(), all.end[impl_->at] - all.start[impl_->at],
                          all.value[impl_->at]);
    }
    impl_->bases += run.values.size();
    return true;
}

std::vector<float> BigWigReader::values(const std::string& contig, std::int64_t begin,
                                        std::int64_t end) const {
    const auto found =
        std::find_if(impl_->contigs.begin(), impl_->contigs.end(),
                     [&](const genome::Contig& candidate) { return candidate.name == contig; });
    if (found == impl_->contigs.end()) {
        throw input_error(fmt::format("{}: no contig '{}'", impl_->path, contig));
    }
    if (begin < 0 || end < begin || end > found->length) {
        throw input_error(fmt::format("{}: {}:{}-{} leaves the contig, whose length is {}",
                                      impl_->path, contig, begin + 1, end, found->length));
    }
    std::vector<float> values(static_cast<std::size_t>(end - begin),
                              std::numeric_limits<float>::quiet_NaN());
    if (begin == end || impl_->file->hdr->nBasesCovered == 0) return values;
    const std::unique_ptr<bwOverlappingIntervals_t, DestroyIntervals> runs(
        bwGetOverlappingIntervals(impl_->file.get(), contig.c_str(),
                                  static_cast<std::uint32_t>(begin),
                                  static_cast<std::uint32_t>(end)));
    if (!runs) impl_->fail("damaged: its values cannot be read");
    for (std::uint32_t i = 0; i < runs->l; ++i) {
        const std::int64_t first = std::max<std::int64_t>(runs->start[i], begin);
        const std::int64_t last = std::min<std::int64_t>(runs->end[i], end);
        for (std::int64_t base = first; base < last; ++base) {
            values[static_cast<std::size_t>(base - begin)] = runs->value[i];
        }
    }
    return values;
}

}  // namespace dna_hnet::tracks
