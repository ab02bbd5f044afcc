#include "tracks/bigbed_reader.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <utility>

#include "core/error.hpp"
#include "tracks/bigwig_library.hpp"
#include "tracks/track_file.hpp"

namespace dna_hnet::tracks {

bool is_bigbed(const std::string& path) {
    return begins_with(path, kBigBedMagic);
}

struct BigBedReader::Impl : LibraryFile {
    BigBedFields fields;
    std::uint64_t announced = 0, rows = 0;

    bool fill() {
        return LibraryFile::fill("rows", [&](const char* name, std::uint32_t length) {
            return bbOverlappingEntriesIterator(file.get(), name, 0, length, 1, kBlocks);
        });
    }
};

BigBedReader::BigBedReader(const std::string& path) : impl_(std::make_unique<Impl>()) {
    impl_->path = path;
    const TrackFile track = read_track_file(path);
    require_library();
    if (track.format == TrackFile::Format::bigbed) {
        impl_->file.reset(bbOpen(path.c_str(), nullptr));
    }
    if (!impl_->file || !impl_->file->hdr || !impl_->file->cl) {
        throw input_error(fmt::format("{}: cannot be read as a bigBed", path));
    }
    const std::unique_ptr<char, decltype(&std::free)> sql(bbGetSQL(impl_->file.get()), &std::free);
    impl_->fields = {sql ? sql.get() : "", track.fields, track.bed_fields};
    impl_->contigs = track.contigs;
    impl_->announced = track.rows;
    // A file without rows has no blocks to search.
    if (track.rows == 0) impl_->contig = impl_->contigs.size();
}

BigBedReader::~BigBedReader() = default;
BigBedReader::BigBedReader(BigBedReader&&) noexcept = default;

const std::vector<genome::Contig>& BigBedReader::contigs() const {
    return impl_->contigs;
}

const BigBedFields& BigBedReader::fields() const {
    return impl_->fields;
}

bool BigBedReader::next(Row& row) {
    if (!impl_->fill()) {
        if (impl_->rows == impl_->announced) return false;
        impl_->fail(
            fmt::format("damaged: {} rows, but it announces {}", impl_->rows, impl_->announced));
    }
    const bbOverlappingEntries_t& all = *impl_->iterator->entries;
    row.contig = static_cast<std::int64_t>(impl_->contig) - 1;
    row.begin = all.start[impl_->at];
    row.end = all.end[impl_->at];
    row.rest = all.str[impl_->at] ? all.str[impl_->at] : "";
    ++impl_->at;
    ++impl_->rows;
    return true;
}

}  // namespace dna_hnet::tracks
