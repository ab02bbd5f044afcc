#include "hts/variant_file.hpp"

#include <fmt/format.h>
#include <htslib/bgzf.h>

#include <cerrno>

#include "core/closest_name.hpp"
#include "core/error.hpp"
#include "hts/variant_handles.hpp"

namespace dna_hnet::hts {
namespace {

[[noreturn]] void fail_truncated(const std::string& path, const std::string& how) {
    throw input_error(fmt::format("{}: truncated: {}", path, how),
                      "copy or download the file again");
}

constexpr const char* kNoEndBlock = "the BGZF end-of-file block is missing";

// What htslib's parser found wrong.
std::string parse_problem(int errors) {
    if ((errors & BCF_ERR_CTG_INVALID) != 0) return "no contig can have this name";
    if ((errors & BCF_ERR_NCOLS) != 0) return "a sample has more values than FORMAT names";
    if ((errors & BCF_ERR_LIMITS) != 0) return "more than a record can hold";
    if ((errors & BCF_ERR_CHAR) != 0) return "a sample's value is not of its FORMAT type";
    if ((errors & BCF_ERR_TAG_INVALID) != 0) {
        return "a name in FILTER, INFO or FORMAT cannot be one, or its type cannot";
    }
    return "malformed";
}

std::shared_ptr<bcf_hdr_t> own(bcf_hdr_t* header) {
    return std::shared_ptr<bcf_hdr_t>(header, DestroyHeader());
}

}  // namespace

VariantRecord::VariantRecord() : impl_(std::make_unique<Impl>()) {}
VariantRecord::~VariantRecord() = default;
VariantRecord::VariantRecord(VariantRecord&&) noexcept = default;
VariantRecord& VariantRecord::operator=(VariantRecord&&) noexcept = default;

void VariantFile::Impl::fail(const VcfPlace& place, const std::string& problem,
                             const std::string& hint) const {
    const std::string at =
        place.contig.empty() ? "" : fmt::format(" ({}:{})", place.contig, place.position);
    throw input_error(fmt::format("{}: record {}{}: {}", path, records, at, problem), hint);
}

void VariantFile::Impl::open() {
    errno = 0;
    file.reset(hts_open(path.c_str(), "r"));
    if (!file) {
        throw input_error(fmt::format("{}: cannot open: {}", path,
                                      errno != 0 ? errno_text() : "neither VCF nor BCF"));
    }
    const htsFormat* const format = hts_get_format(file.get());
    if (format->format != vcf && format->format != bcf) {
        throw input_error(fmt::format("{}: neither VCF nor BCF", path));
    }
    // 0: no such block; of a pipe it is not known before its end.
    if (path != "-" && hts_check_EOF(file.get()) == 0) fail_truncated(path, kNoEndBlock);
    if (format->format == vcf) return read_text_header();
    header = own(bcf_hdr_read(file.get()));
    if (!header) {
        throw input_error(fmt::format("{}: cannot read the header: damaged or truncated", path));
    }
}

void VariantFile::Impl::read_text_header() {
    lines = std::make_unique<VcfLines>(*file);
    std::string text;
    std::string& line = lines->line();
    do {
        const VcfLines::Status status = lines->next();
        if (status == VcfLines::Status::damaged) {
            throw input_error(fmt::format("{}: damaged or truncated in its header", path));
        }
        if (status == VcfLines::Status::end) {
            fail_truncated(path, "the header has no line that begins with #CHROM");
        }
        if (line.empty()) continue;
        if (line.front() != '#') {
            throw input_error(
                fmt::format("{}: the header has no line that begins with #CHROM", path));
        }
        text += line + '\n';
    } while (line.empty() || line.compare(0, 2, "##") == 0);
    if (!lines->is_whole()) fail_truncated(path, "the header's last line is cut");
    columns = count_columns(line);
    header = own(bcf_hdr_init("r"));
    if (columns < 8 || !header || bcf_hdr_parse(header.get(), text.data()) != 0) {
        throw input_error(fmt::format("{}: cannot read the header", path),
                          "its last line is #CHROM POS ID REF ALT QUAL FILTER INFO [FORMAT "
                          "samples], with tabs; each sample has its own name");
    }
}

void VariantFile::Impl::check_end() const {
    const bool is_bgzf = hts_get_format(file.get())->compression == bgzf;
    if (is_bgzf && file->fp.bgzf->no_eof_block) fail_truncated(path, kNoEndBlock);
}

bool VariantFile::Impl::read_line(bcf1_t& record) {
    const VcfLines::Status status = lines->next();
    if (status == VcfLines::Status::end) return false;
    if (status == VcfLines::Status::damaged) {
        throw input_error(fmt::format("{}: damaged or truncated after record {}", path, records));
    }
    ++records;
    std::string& line = lines->line();
    VcfPlace place;
    const std::string problem = problem_of_line(line, columns, place);
    if (!lines->is_whole()) {
        fail(place,
             problem.empty() ? "truncated: no newline ends the last line"
                             : fmt::format("truncated: {}", problem),
             "copy or download the file again; if it is whole, end its last line with a newline");
    }
    if (!problem.empty()) fail(place, problem);
    // htslib writes into the text, but neither grows nor keeps it.
    kstring_t text{line.size(), line.size() + 1, line.data()};
    if (vcf_parse(&text, header.get(), &record) != 0) fail(place, parse_problem(record.errcode));
    if (record.n_sample == 0 && bcf_hdr_nsamples(header.get()) != 0) {
        fail(place, "its samples cannot be read");
    }
    return true;
}

bool VariantFile::Impl::read(bcf1_t& record) {
    if (lines) {
        if (read_line(record)) return true;
        check_end();
        return false;
    }
    const int status = bcf_read(file.get(), header.get(), &record);
    if (status == -1) {
        check_end();
        return false;
    }
    if (status < -1) {
        throw input_error(fmt::format("{}: damaged or truncated after record {}", path, records));
    }
    ++records;
    if (static_cast<int>(record.n_sample) != bcf_hdr_nsamples(header.get())) {
        fail({}, fmt::format("got {} samples, expected {}", +record.n_sample,
                             bcf_hdr_nsamples(header.get())));
    }
    return true;
}

void VariantFile::Impl::check_order(const bcf1_t& record) {
    const bool moved = record.rid != last_contig;
    if (static_cast<std::size_t>(record.rid) >= seen.size()) {
        seen.resize(static_cast<std::size_t>(record.rid) + 1);
    }
    std::string problem;
    if (moved && seen[static_cast<std::size_t>(record.rid)]) {
        problem = "not sorted: its contig's other records are not next to it";
    } else if (!moved && record.pos < last_position) {
        problem = fmt::format("not sorted: the record before it is at {}", last_position + 1);
    }
    if (!problem.empty()) {
        const std::string position = std::to_string(record.pos + 1);
        fail({bcf_seqname_safe(header.get(), &record), position}, problem,
             "sort it with bcftools sort");
    }
    seen[static_cast<std::size_t>(record.rid)] = true;
    last_contig = record.rid;
    last_position = record.pos;
}

VariantFile::VariantFile(const std::string& path) : impl_(std::make_unique<Impl>()) {
    impl_->path = path;
    impl_->open();
}

VariantFile::VariantFile(const std::vector<genome::Contig>& contigs)
    : impl_(std::make_unique<Impl>()) {
    impl_->header = own(bcf_hdr_init("w"));
    bcf_hdr_t* const header = impl_->header.get();
    for (const genome::Contig& contig : contigs) {
        const std::string line =
            fmt::format("##contig=<ID={},length={}>", contig.name, contig.length);
        if (bcf_hdr_append(header, line.c_str()) != 0 ||
            bcf_hdr_name2id(header, contig.name.c_str()) < 0) {
            throw input_error(
                fmt::format("'{}': a VCF cannot have a contig of this name", contig.name));
        }
    }
    if (bcf_hdr_sync(header) != 0) throw run_error("cannot make the header of a VCF");
}

VariantFile::~VariantFile() = default;

bool VariantFile::next(VariantRecord& record) {
    if (!record.impl_) record = VariantRecord();
    bcf1_t* const raw = record.impl_->raw.get();
    if (!impl_->file || !impl_->read(*raw)) return false;
    impl_->check_order(*raw);
    bcf_unpack(raw, BCF_UN_STR);
    record.impl_->number = impl_->records;
    record.variant_.contig = bcf_seqname_safe(impl_->header.get(), raw);
    record.variant_.position = raw->pos;
    record.variant_.ref = raw->d.allele[0];
    record.variant_.alternatives.assign(raw->d.allele + 1, raw->d.allele + raw->n_allele);
    return true;
}

void VariantFile::make(const genome::Variant& variant, VariantRecord& record) const {
    if (!record.impl_) record = VariantRecord();
    bcf_hdr_t* const header = impl_->header.get();
    bcf1_t* const raw = record.impl_->raw.get();
    bcf_empty(raw);  // bcf_clear() would leave an ID of no letters
    raw->rid = bcf_hdr_name2id(header, variant.contig.c_str());
    if (raw->rid < 0) {
        throw run_error(fmt::format("a record on '{}': no such contig", variant.contig));
    }
    raw->pos = variant.position;
    raw->n_sample = static_cast<unsigned>(bcf_hdr_nsamples(header)) & 0xffffffU;
    std::vector<const char*> alleles{variant.ref.c_str()};
    for (const std::string& alternative : variant.alternatives) {
        alleles.push_back(alternative.c_str());
    }
    if (bcf_update_alleles(header, raw, alleles.data(), static_cast<int>(alleles.size())) != 0) {
        throw run_error(fmt::format("a record at {}:{}: its alleles are too long", variant.contig,
                                    variant.position + 1));
    }
    record.impl_->number = 0;
    record.variant_ = variant;
}

const std::string& VariantFile::path() const {
    return impl_->path;
}

std::vector<genome::Contig> VariantFile::contigs() const {
    const bcf_hdr_t& header = *impl_->header;
    std::vector<genome::Contig> contigs;
    for (int i = 0; i < header.n[BCF_DT_CTG]; ++i) {
        const bcf_idpair_t& pair = header.id[BCF_DT_CTG][i];
        // A BCF may leave numbers out.
        if (!pair.key || !pair.val) continue;
        contigs.push_back({pair.key, static_cast<std::int64_t>(pair.val->info[0]), ""});
    }
    return contigs;
}

int VariantFile::sample_index(const std::string& name) const {
    const bcf_hdr_t& header = *impl_->header;
    const int index = bcf_hdr_id2int(&header, BCF_DT_SAMPLE, name.c_str());
    if (index >= 0) return index;
    const std::vector<std::string> names(header.samples,
                                         header.samples + bcf_hdr_nsamples(&header));
    const std::string problem = fmt::format("{}: no sample '{}'", impl_->path, name);
    if (names.empty()) throw input_error(problem + ": the file has no samples");
    const std::string closest = closest_name(name, names);
    throw input_error(problem,
                      fmt::format("the file has '{}'{}", closest.empty() ? names[0] : closest,
                                  names.size() == 1 ? "" : " and others"));
}

std::optional<Genotype> VariantFile::genotype(const VariantRecord& record, int sample) const {
    bcf1_t* const raw = record.impl_->raw.get();
    if (raw->n_fmt == 0 || sample < 0 || sample >= static_cast<int>(raw->n_sample)) return {};
    const bcf_fmt_t* const field = bcf_get_fmt(impl_->header.get(), raw, "GT");
    if (!field) return {};
    Genotype genotype;
    genotype.phased = true;
    const std::uint8_t* at = field->p + static_cast<std::ptrdiff_t>(sample) * field->size;
    const int width = field->n == 0 ? 0 : field->size / field->n;
    for (int i = 0; i < field->n; ++i, at += width) {
        std::uint8_t* next = nullptr;
        const std::int64_t value = bcf_dec_int1(at, field->type, &next);
        const bool is_end = value == (width == 1   ? bcf_int8_vector_end
                                      : width == 2 ? bcf_int16_vector_end
                                                   : bcf_int32_vector_end);
        if (is_end) break;
        // (allele + 1) * 2 + phased; the missing value of the type is negative.
        const int allele = value < 2 ? -1 : static_cast<int>(value / 2) - 1;
        if (allele >= static_cast<int>(raw->n_allele)) {
            throw input_error(fmt::format("{}: record {} ({}:{}): sample '{}' has allele {} of {}",
                                          impl_->path, record.impl_->number, record.variant_.contig,
                                          record.variant_.position + 1,
                                          impl_->header->samples[sample], allele, +raw->n_allele));
        }
        if (i > 0 && (value & 1) == 0) genotype.phased = false;
        genotype.alleles.push_back(allele);
    }
    if (genotype.alleles.empty()) genotype.alleles.push_back(-1);
    return genotype;
}

}  // namespace dna_hnet::hts
