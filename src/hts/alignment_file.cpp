#include "hts/alignment_file.hpp"

#include <fmt/format.h>
#include <htslib/sam.h>

#include <cstdlib>
#include <mutex>

#include "core/error.hpp"
#include "hts/alignment_record.hpp"
#include "hts/indexed_fasta.hpp"

namespace dna_hnet::hts {
namespace {

using genome::AlignedRead;
using genome::ReadFilter;

struct CloseFile {
    void operator()(htsFile* file) const { static_cast<void>(hts_close(file)); }
};
struct DestroyHeader {
    void operator()(sam_hdr_t* header) const { sam_hdr_destroy(header); }
};
struct DestroyRecord {
    void operator()(bam1_t* record) const { bam_destroy1(record); }
};
struct DestroyIndex {
    void operator()(hts_idx_t* index) const { hts_idx_destroy(index); }
};
struct DestroyIterator {
    void operator()(hts_itr_t* iterator) const { hts_itr_destroy(iterator); }
};

// htslib asks a server for a CRAM's reference unless it is told to look somewhere else.
void keep_off_the_network() {
    static std::once_flag once;
    std::call_once(once, [] { ::setenv("REF_PATH", "/dev/null/%s", 1); });
}

}  // namespace

struct AlignmentFile::Impl {
    std::string path;
    genome::ReadFilter filter;
    const genome::Reference* reference = nullptr;
    std::unique_ptr<genome::Reference> own_reference;  // a handle of its own
    std::unique_ptr<htsFile, CloseFile> file;
    std::unique_ptr<sam_hdr_t, DestroyHeader> header;
    std::unique_ptr<bam1_t, DestroyRecord> record;
    std::unique_ptr<hts_idx_t, DestroyIndex> index;
    std::unique_ptr<hts_itr_t, DestroyIterator> iterator;
    std::vector<std::int64_t> contigs;  // of the reference, by the file's numbers; -1: not there
    genome::ReadCounts counts;

    bool is_cram() const { return hts_get_format(file.get())->format == cram; }
    void open_file();
    void use_reference(bool every_contig);
    void find_regions(const std::vector<genome::Interval>& regions);
    bool passes();
    std::int64_t contig_of(std::int32_t tid) const;
    bool fill(AlignedRead& read);
};

void AlignmentFile::Impl::open_file() {
    keep_off_the_network();
    errno = 0;
    file.reset(hts_open(path.c_str(), "r"));
    if (!file) throw input_error(fmt::format("{}: cannot open: {}", path, errno_text()));
    const htsFormat* const format = hts_get_format(file.get());
    if (format->format != sam && format->format != bam && format->format != cram) {
        throw input_error(fmt::format("{}: neither SAM, BAM nor CRAM", path));
    }
    if (path != "-" && format->format != sam && hts_check_EOF(file.get()) == 0) {
        throw input_error(fmt::format("{}: truncated: the end-of-file block is missing", path),
                          "copy or download the file again");
    }
    header.reset(sam_hdr_read(file.get()));
    if (!header) throw input_error(fmt::format("{}: cannot read the header", path));
    record.reset(bam_init1());
    const genome::ContigTable table(*reference);
    for (int i = 0; i < sam_hdr_nref(header.get()); ++i) {
        contigs.push_back(table.find(sam_hdr_tid2name(header.get(), i)));
    }
}

void AlignmentFile::Impl::use_reference(bool every_contig) {
    if (!is_cram()) return;
    if (dynamic_cast<const IndexedFasta*>(reference) == nullptr) {
        throw input_error(
            fmt::format("{}: a CRAM is decoded with the FASTA it was written with, and {} is none",
                        path, reference->path()),
            "give one FASTA with -f, without a label");
    }
    for (std::size_t i = 0; every_contig && i < contigs.size(); ++i) {
        if (contigs[i] >= 0) continue;
        throw input_error(
            fmt::format("{}: its contig '{}' is not in {}", path,
                        sam_hdr_tid2name(header.get(), static_cast<int>(i)), reference->path()),
            "a CRAM needs the whole reference it was written with, or -r on contigs that are "
            "there");
    }
    if (hts_set_opt(file.get(), CRAM_OPT_REFERENCE, reference->path().c_str()) != 0) {
        throw input_error(
            fmt::format("{}: cannot use {} as its reference", path, reference->path()));
    }
}

void AlignmentFile::Impl::find_regions(const std::vector<genome::Interval>& regions) {
    index.reset(sam_index_load(file.get(), path.c_str()));
    if (!index) {
        throw input_error(fmt::format("{}: no index, which regions need", path),
                          fmt::format("samtools index {}", path));
    }
    std::vector<std::string> texts;
    for (const genome::Interval& region : regions) {
        const genome::Contig& contig =
            reference->contigs()[static_cast<std::size_t>(region.contig)];
        if (sam_hdr_name2tid(header.get(), contig.name.c_str()) < 0) continue;
        texts.push_back(fmt::format("{{{}}}:{}-{}", contig.name, region.begin + 1, region.end));
    }
    if (texts.empty()) {
        throw input_error(fmt::format("{}: no contig of the regions is in its header", path));
    }
    std::vector<char*> pointers;
    for (std::string& text : texts) pointers.push_back(text.data());
    iterator.reset(sam_itr_regarray(index.get(), header.get(), pointers.data(),
                                    static_cast<unsigned>(pointers.size())));
    if (!iterator) throw input_error(fmt::format("{}: cannot look up the regions", path));
}

// Counts the record, and says whether it passes the filter.
bool AlignmentFile::Impl::passes() {
    ++counts.records;
    const std::uint16_t failed = record->core.flag & filter.excluded_flags;
    const std::pair<std::uint16_t, std::int64_t*> rows[] = {
        {ReadFilter::kUnmapped, &counts.unmapped},
        {ReadFilter::kSecondary, &counts.secondary},
        {ReadFilter::kQualityFail, &counts.quality_fail},
        {ReadFilter::kDuplicate, &counts.duplicate},
        {ReadFilter::kSupplementary, &counts.supplementary}};
    std::uint16_t named = 0;
    for (const auto& [flag, count] : rows) {
        named |= flag;
        *count += (failed & flag) != 0 ? 1 : 0;
    }
    counts.other_flags += (failed & ~named) != 0 ? 1 : 0;
    if (failed != 0) return false;
    if (record->core.qual < filter.min_mapping_quality) {
        ++counts.low_mapping_quality;
        return false;
    }
    ++counts.passed;
    return true;
}

// htslib takes a contig without a usable @SQ line into its own header as it meets it.
std::int64_t AlignmentFile::Impl::contig_of(std::int32_t tid) const {
    const auto number = static_cast<std::size_t>(tid);
    if (number < contigs.size()) return contigs[number];
    throw input_error(fmt::format("{}: record {}: its contig '{}' is not in the header", path,
                                  counts.records, sam_hdr_tid2name(header.get(), tid)));
}

bool AlignmentFile::Impl::fill(AlignedRead& read) {
    const bam1_core_t& core = record->core;
    const bool placed = (core.flag & ReadFilter::kUnmapped) == 0 && core.n_cigar > 0;
    if (core.l_qseq == 0 || (!placed && !filter.unplaced)) {
        ++counts.without_sequence;
        return false;
    }
    read = AlignedRead();
    read.name = bam_get_qname(record.get());
    read.flag = core.flag;
    read.mapping_quality = core.qual;
    read.strand = bam_is_rev(record.get()) ? genome::Strand::reverse : genome::Strand::forward;
    const std::int64_t contig = placed && core.tid >= 0 ? contig_of(core.tid) : -1;
    read.place = {contig, core.pos, core.pos};
    if (contig >= 0) take_aligned(*record, filter.min_base_quality, read);
    const bool past_end =
        contig >= 0 &&
        read.place.end > reference->contigs()[static_cast<std::size_t>(contig)].length;
    if (contig < 0 || past_end) {
        if (!filter.unplaced) {
            ++(past_end ? counts.past_end : counts.unknown_contig);
            return false;
        }
        take_unplaced(*record, filter.min_base_quality, read);
    } else if (read.bases.empty() || read.blocks.empty()) {
        ++counts.without_sequence;
        return false;
    }
    if (const std::uint8_t* const tag = bam_aux_get(record.get(), "NM")) {
        read.edit_distance = bam_aux2i(tag);
    } else if (read.place.contig >= 0) {
        read.edit_distance = edit_distance(*record, own_reference->fetch(read.place));
    }
    ++counts.used;
    return true;
}

AlignmentFile::AlignmentFile(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
AlignmentFile::~AlignmentFile() = default;

std::unique_ptr<AlignmentFile> AlignmentFile::open(
    const std::string& path, const genome::Reference& reference, const ReadFilter& filter,
    const std::optional<std::vector<genome::Interval>>& regions) {
    auto impl = std::make_unique<Impl>();
    impl->path = path;
    impl->filter = filter;
    impl->reference = &reference;
    impl->own_reference = reference.clone();
    impl->open_file();
    impl->use_reference(!regions);
    if (regions) impl->find_regions(*regions);
    return std::unique_ptr<AlignmentFile>(new AlignmentFile(std::move(impl)));
}

bool AlignmentFile::next(AlignedRead& read) {
    while (true) {
        bam1_t* const record = impl_->record.get();
        const int status =
            impl_->iterator ? sam_itr_multi_next(impl_->file.get(), impl_->iterator.get(), record)
                            : sam_read1(impl_->file.get(), impl_->header.get(), record);
        if (status == -1) return false;
        if (status < -1) {
            throw input_error(fmt::format(
                "{}: damaged or truncated after record {}{}", impl_->path, impl_->counts.records,
                impl_->is_cram() ? fmt::format(", or {} is not the reference it was written with",
                                               impl_->reference->path())
                                 : ""));
        }
        if (impl_->passes() && impl_->fill(read)) return true;
    }
}

const genome::ReadCounts& AlignmentFile::counts() const {
    return impl_->counts;
}
const std::string& AlignmentFile::path() const {
    return impl_->path;
}

}  // namespace dna_hnet::hts
