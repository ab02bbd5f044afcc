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

struct BigBedReader::Impl {
    std::string path;
    TrackFile track;
    BigBedFields fields;
    std::unique_ptr<bigWigFile_t, CloseFile> file;
    std::size_t contig = 0;  // the next to be opened
    std::unique_ptr<bwOverlapIterator_t, DestroyIterator> iterator;
    std::uint32_t at = 0;  // of the iterator's entries
    std::uint64_t rows = 0;

    [[noreturn]] void fail(const std::string& what) const {
        throw input_error(fmt::format("{}: {}", path, what), "copy or make the file again");
    }

    // The next entries of the file, at `at`; false at the end.
    bool fill() {
        while (!iterator || !iterator->entries || at >= iterator->entries->l) {
            at = 0;
            if (iterator && iterator->data) {
                // On an error the library has destroyed it.
                iterator.reset(bwIteratorNext(iterator.release()));
                if (!iterator) fail("damaged: its rows cannot be read");
                continue;
            }
            if (track.rows == 0 || contig == track.contigs.size()) return false;
            const genome::Contig& here = track.contigs[contig++];
            iterator.reset(bbOverlappingEntriesIterator(file.get(), here.name.c_str(), 0,
                                                        static_cast<std::uint32_t>(here.length), 1,
                                                        kBlocks));
            if (!iterator) fail("damaged: its rows cannot be read");
        }
        return true;
    }
};

BigBedReader::BigBedReader(const std::string& path) : impl_(std::make_unique<Impl>()) {
    impl_->path = path;
    impl_->track = read_track_file(path);
    require_library();
    if (impl_->track.format == TrackFile::Format::bigbed) {
        impl_->file.reset(bbOpen(path.c_str(), nullptr));
    }
    if (!impl_->file || !impl_->file->hdr || !impl_->file->cl) {
        throw input_error(fmt::format("{}: cannot be read as a bigBed", path));
    }
    const std::unique_ptr<char, decltype(&std::free)> sql(bbGetSQL(impl_->file.get()), &std::free);
    impl_->fields = {sql ? sql.get() : "", impl_->track.fields, impl_->track.bed_fields};
}

BigBedReader::~BigBedReader() = default;
BigBedReader::BigBedReader(BigBedReader&&) noexcept = default;

const std::vector<genome::Contig>& BigBedReader::contigs() const {
    return impl_->track.contigs;
}

const BigBedFields& BigBedReader::fields() const {
    return impl_->fields;
}

bool BigBedReader::next(Row& row) {
    if (!impl_->fill()) {
        if (impl_->rows == impl_->track.rows) return false;
        impl_->fail(
            fmt::format("damaged: {} rows, but it announces {}", impl_->rows, impl_->track.rows));
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
