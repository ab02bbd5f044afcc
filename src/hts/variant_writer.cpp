#include <fcntl.h>
#include <fmt/format.h>
#include <htslib/bgzf.h>
#include <htslib/hfile.h>
#include <htslib/tbx.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>

#include "core/atomic_file.hpp"
#include "core/error.hpp"
#include "core/version.hpp"
#include "hts/handles.hpp"
#include "hts/variant_handles.hpp"
#include "hts/variant_info.hpp"

namespace dna_hnet::hts {
namespace {

// Bins of 2^14 bases on the lowest of six levels above them: every position of a BCF, also one that
// is past the length that the header states.
constexpr int kBcfLevels = 6;

[[noreturn]] void fail_write(const std::string& name) {
    throw run_error(
        fmt::format("{}: cannot write: {}", name, errno != 0 ? errno_text() : "write error"));
}

const char* mode_of(char type) {
    switch (type) {
        case 'z':
            return "wz";
        case 'b':
            return "wb";
        case 'u':
            return "wbu";
        case 'v':
            return "w";
        default:
            throw run_error(fmt::format("no type of VCF or BCF: '{}'", type));
    }
}

std::string in_quotes(const std::string& text) {
    std::string quoted = "\"";
    for (const char letter : text) {
        if (letter == '"' || letter == '\\') quoted += '\\';
        quoted += letter;
    }
    return quoted + '"';
}

std::string declaration(const InfoField& field, bool with_source) {
    const auto [number, type] = number_and_type(field);
    const std::string source =
        with_source ? fmt::format(",Source=\"dna-hnet\",Version=\"{}\"", version()) : "";
    return fmt::format("##INFO=<ID={},Number={},Type={},Description={}{}>", field.id, number, type,
                       in_quotes(field.description), source);
}

void add_line(bcf_hdr_t* header, std::string line) {
    // A newline would end the line: the rest would be another.
    std::replace_if(
        line.begin(), line.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
    if (bcf_hdr_append(header, line.c_str()) != 0) {
        throw run_error(fmt::format("no line of a VCF's header: {}", line));
    }
    // At once: a key that is added may move what htslib's tables point to.
    if (bcf_hdr_sync(header) != 0) throw run_error("cannot make the header of a VCF");
}

std::int64_t longest_contig(const bcf_hdr_t& header) {
    std::int64_t longest = 0;
    for (int i = 0; i < header.n[BCF_DT_CTG]; ++i) {
        const bcf_idpair_t& pair = header.id[BCF_DT_CTG][i];
        if (pair.key && pair.val) {
            longest = std::max(longest, static_cast<std::int64_t>(pair.val->info[0]));
        }
    }
    return longest;
}

}  // namespace

struct VariantWriter::Impl {
    std::string input_path;
    std::shared_ptr<bcf_hdr_t> input;  // the records' numbers are places in it
    HeaderHandle header;               // as it is written
    std::vector<InfoField> fields;
    std::vector<int> keys;  // of the fields, in both headers
    std::vector<std::string> dropped;
    std::vector<int> dropped_keys;  // in the input's header
    std::string name;               // of the target, in messages
    char type = 'z';
    AtomicGroup* group = nullptr;
    // The paths stand before the file: it is closed before they are removed.
    std::optional<AtomicPath> path, index_path;
    HtsFileHandle file;
    bool started = false, closed = false;

    void make_header(const std::vector<std::string>& lines, bool with_source);
    void open(const std::string& target);
    void start();
    void check_declared(const VariantRecord& record) const;
    void close_file();
    void build_tabix();
};

// The fields' numbers are taken in the input's header, so that no key that htslib finds undeclared
// later gets the same one; the copy that is written says what the fields are now.
void VariantWriter::Impl::make_header(const std::vector<std::string>& lines, bool with_source) {
    for (const InfoField& field : fields) {
        const int key = bcf_hdr_id2int(input.get(), BCF_DT_ID, field.id.c_str());
        if (bcf_hdr_idinfo_exists(input.get(), BCF_HL_INFO, key)) continue;
        add_line(input.get(), declaration(field, with_source));
    }
    header.reset(bcf_hdr_dup(input.get()));
    if (!header) throw run_error("cannot make the header of a VCF");
    for (const InfoField& field : fields) {
        bcf_hdr_remove(header.get(), BCF_HL_INFO, field.id.c_str());
    }
    for (const InfoField& field : fields) {
        add_line(header.get(), declaration(field, with_source));
        keys.push_back(bcf_hdr_id2int(input.get(), BCF_DT_ID, field.id.c_str()));
    }
    for (const std::string& id : dropped) {
        const int key = bcf_hdr_id2int(input.get(), BCF_DT_ID, id.c_str());
        if (key < 0) continue;
        dropped_keys.push_back(key);
        bcf_hdr_remove(header.get(), BCF_HL_INFO, id.c_str());
    }
    // A line of ours replaces those of an earlier run.
    for (const std::string& line : lines) {
        const std::string key = line.substr(2, line.find('=') - 2);
        bcf_hdr_remove(header.get(), BCF_HL_GEN, key.c_str());
    }
    for (const std::string& line : lines) add_line(header.get(), line);
}

void VariantWriter::Impl::open(const std::string& target) {
    const char* const mode = mode_of(type);
    name = target == "-" ? "standard output" : target;
    errno = 0;
    if (target == "-") {
        if (group) group->claim(target);
        std::fflush(stdout);
        // A descriptor of its own: closing the file leaves stdout open.
        hFILE* const stream = hdopen(dup(STDOUT_FILENO), "w");
        if (stream) file.reset(hts_hopen(stream, "-", mode));
    } else if (is_stream(target)) {
        file.reset(hts_open(target.c_str(), mode));
    } else {
        if (std::filesystem::is_directory(target)) {
            throw run_error(fmt::format("{}: cannot write: is a folder", target));
        }
        path.emplace(target, group);
        const bool csi = type == 'b' || longest_contig(*header) > kTabixLimit;
        if (type == 'z' || type == 'b') index_path.emplace(target + (csi ? ".csi" : ".tbi"), group);
        file.reset(hts_open(path->temporary().c_str(), mode));
    }
    if (!file) fail_write(name);
}

// With the first record, or at the end: nothing goes to standard output before.
void VariantWriter::Impl::start() {
    if (started) return;
    started = true;
    errno = 0;
    if (bcf_hdr_write(file.get(), header.get()) != 0) fail_write(name);
    if (type != 'b' || !index_path) return;
    file->idx = hts_idx_init(header->n[BCF_DT_CTG], HTS_FMT_CSI, bgzf_tell(file->fp.bgzf),
                             kCsiMinShift, kBcfLevels);
    if (!file->idx) fail_write(index_path->target());
    file->fnidx = index_path->temporary().c_str();
}

// A BCF names contigs and keys by their numbers in the header, which is already written.
void VariantWriter::Impl::check_declared(const VariantRecord& record) const {
    bcf1_t* const raw = record.impl_->raw.get();
    const auto fail = [&](const std::string& problem, const std::string& hint) {
        throw input_error(
            fmt::format("{}: record {} ({}:{}): {}", input_path, record.impl_->number,
                        record.variant_.contig, record.variant_.position + 1, problem),
            hint);
    };
    const auto check = [&](int column, const char* what, int key) {
        if (key < header->n[BCF_DT_ID] && header->id[BCF_DT_ID][key].key &&
            bcf_hdr_idinfo_exists(header.get(), column, key)) {
            return;
        }
        fail(fmt::format("{} '{}' is not declared in the header, which BCF needs", what,
                         bcf_hdr_int2id(input.get(), BCF_DT_ID, key)),
             "declare it with bcftools reheader, or write VCF (-O z)");
    };
    if (raw->rid >= header->n[BCF_DT_CTG] || !header->id[BCF_DT_CTG][raw->rid].key) {
        fail("its contig is not declared in the header, which BCF needs",
             "declare it with bcftools reheader --fai, or write VCF (-O z)");
    }
    if (raw->pos >= INT32_MAX || raw->pos + raw->rlen > INT32_MAX) {
        fail("a BCF holds positions up to 2147483647", "write VCF (-O z)");
    }
    bcf_unpack(raw, BCF_UN_ALL);
    for (int i = 0; i < raw->d.n_flt; ++i) check(BCF_HL_FLT, "FILTER", raw->d.flt[i]);
    for (unsigned i = 0; i < raw->n_info; ++i) {
        if (raw->d.info[i].vptr) check(BCF_HL_INFO, "INFO", raw->d.info[i].key);
    }
    for (unsigned i = 0; i < raw->n_fmt && raw->n_sample > 0; ++i) {
        check(BCF_HL_FMT, "FORMAT", raw->d.fmt[i].id);
    }
    // What htslib found undeclared was declared before the header was copied.
    raw->errcode = 0;
}

void VariantWriter::Impl::build_tabix() {
    const auto build = [&](int min_shift) {
        errno = 0;
        return tbx_index_build3(path->temporary().c_str(), index_path->temporary().c_str(),
                                min_shift, 0, &tbx_conf_vcf);
    };
    const bool csi = index_path->target().extension() == ".csi";
    if (build(csi ? kCsiMinShift : 0) == 0) return;
    if (!csi && errno == ERANGE) {
        // A position past the limit on a contig without a length.
        index_path.emplace(path->target().string() + ".csi", group);
        if (build(kCsiMinShift) == 0) return;
    }
    throw run_error(fmt::format(
        "{}: cannot write: {}", index_path->target().string(),
        errno != 0 ? errno_text()
                   : "records are not sorted, or a position is past the index's limit"));
}

void VariantWriter::Impl::close_file() {
    errno = 0;
    if (file->idx && bcf_idx_save(file.get()) < 0) fail_write(index_path->target());
    errno = 0;
    if (hts_close(file.release()) != 0) fail_write(name);
    if (!path) return;
    if (type == 'z') build_tabix();
    remove_indexes(path->target(), group);
    path->commit();
    if (index_path) index_path->commit();
}

VariantWriter::VariantWriter(const VariantFile& input, const VariantTarget& target,
                             const std::vector<InfoField>& fields,
                             const std::vector<std::string>& header_lines, bool with_source,
                             AtomicGroup* group)
    : impl_(std::make_unique<Impl>()) {
    impl_->input_path = input.impl_->path;
    impl_->input = input.impl_->header;
    impl_->fields = fields;
    impl_->type = target.type;
    impl_->dropped = target.dropped;
    impl_->group = group;
    impl_->make_header(header_lines, with_source);
    impl_->open(target.path);
}

VariantWriter::~VariantWriter() = default;

void VariantWriter::write(VariantRecord& record, const std::vector<InfoValue>& values) {
    Impl& impl = *impl_;
    if (impl.closed) {
        throw run_error(fmt::format("{}: written to after it was closed", impl.name));
    }
    if (values.size() != impl.fields.size()) {
        throw run_error(fmt::format("{}: got values of {} INFO fields, expected {}", impl.name,
                                    values.size(), impl.fields.size()));
    }
    bcf1_t* const raw = record.impl_->raw.get();
    for (const int key : impl.keys) remove_info(*raw, key);
    for (const int key : impl.dropped_keys) remove_info(*raw, key);
    for (std::size_t i = 0; i < values.size(); ++i) {
        put_info(*impl.input, *raw, impl.fields[i], values[i]);
    }
    if (impl.type == 'b' || impl.type == 'u') impl.check_declared(record);
    impl.start();
    errno = 0;
    if (bcf_write(impl.file.get(), impl.input.get(), raw) != 0) fail_write(impl.name);
}

void VariantWriter::close() {
    if (impl_->closed) return;
    impl_->closed = true;
    impl_->start();
    impl_->close_file();
}

}  // namespace dna_hnet::hts
