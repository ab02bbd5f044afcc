#include "hts/indexed_fasta.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/error.hpp"
#include "genome/genome_cache.hpp"
#include "hts/fasta_index.hpp"
#include "hts/handles.hpp"

namespace dna_hnet::hts {

struct IndexedFasta::Impl {
    std::string path;
    std::shared_ptr<const std::vector<genome::Contig>> contigs;  // shared by clones
    FaidxHandle index;

    [[noreturn]] void fail(const std::string& problem) const {
        throw input_error(
            fmt::format("{}: {}: the file is damaged or its index belongs to another file", path,
                        problem),
            fmt::format("build the index again: samtools faidx {}", path));
    }

    void load() {
        index.reset(fai_load3(path.c_str(), nullptr, nullptr, 0));
        if (!index) fail("cannot load its index");
        if (faidx_nseq(index.get()) != static_cast<int>(contigs->size())) {
            fail(fmt::format("{} contigs loaded, expected {}", faidx_nseq(index.get()),
                             contigs->size()));
        }
    }
};

IndexedFasta::IndexedFasta(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
IndexedFasta::~IndexedFasta() = default;

std::unique_ptr<IndexedFasta> IndexedFasta::open(const std::string& path) {
    require_fasta_index(path);
    auto impl = std::make_unique<Impl>();
    impl->path = path;
    impl->contigs = std::make_shared<const std::vector<genome::Contig>>(read_fasta_index(path));
    impl->load();
    return std::unique_ptr<IndexedFasta>(new IndexedFasta(std::move(impl)));
}

const std::vector<genome::Contig>& IndexedFasta::contigs() const {
    return *impl_->contigs;
}
const std::string& IndexedFasta::path() const {
    return impl_->path;
}

std::unique_ptr<genome::Reference> IndexedFasta::clone() const {
    auto impl = std::make_unique<Impl>();
    impl->path = impl_->path;
    impl->contigs = impl_->contigs;
    impl->load();
    return std::unique_ptr<genome::Reference>(new IndexedFasta(std::move(impl)));
}

void IndexedFasta::fetch_into(const genome::Interval& interval, genome::Base* out) {
    genome::check_interval(*this, interval);
    if (interval.length() == 0) return;
    const std::string& name = contigs()[static_cast<std::size_t>(interval.contig)].name;
    hts_pos_t length = 0;
    // htslib's end is inclusive, and it shortens what reaches past the end: hence the check of the
    // length.
    const CText letters(faidx_fetch_seq64(impl_->index.get(), name.c_str(), interval.begin,
                                          interval.end - 1, &length));
    if (!letters || length != interval.length()) {
        impl_->fail(fmt::format("cannot read {}", genome::region_text(*this, interval)));
    }
    bool valid = true;
    for (std::int64_t i = 0; i < length; ++i) {
        out[i] = genome::encode_base(letters.get()[i]);
        valid &= out[i] != genome::kInvalidBase;
    }
    if (valid) return;
    const std::int64_t at = std::find(out, out + length, genome::kInvalidBase) - out;
    fail_at_byte(path(), name, interval.begin + at + 1, letters.get()[at]);
}

std::unique_ptr<genome::Reference> open_reference(const std::string& path) {
    if (path.ends_with(".dhg")) return genome::GenomeCache::open(path);
    return IndexedFasta::open(path);
}

}  // namespace dna_hnet::hts
