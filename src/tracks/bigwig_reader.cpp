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

struct BigWigReader::Impl : LibraryFile {
    std::uint64_t bases = 0;

    bool fill() {
        return LibraryFile::fill("values", [&](const char* name, std::uint32_t length) {
            return bwOverlappingIntervalsIterator(file.get(), name, 0, length, kBlocks);
        });
    }
};

BigWigReader::BigWigReader(const std::string& path) : impl_(std::make_unique<Impl>()) {
    impl_->path = path;
    require_library();
    if (is_bigwig(path)) impl_->file.reset(bwOpen(path.c_str(), nullptr, "r"));
    if (!impl_->file || !impl_->file->hdr || !impl_->file->cl) {
        throw input_error(fmt::format("{}: cannot be read as a bigWig", path));
    }
    const chromList_t& list = *impl_->file->cl;
    for (std::int64_t i = 0; i < list.nKeys; ++i) {
        impl_->contigs.push_back({list.chrom[i], list.len[i], ""});
    }
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
