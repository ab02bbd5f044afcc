#pragma once
// htslib's types of a VCF or BCF, owned, and what the reader and the writer share of a file and of
// a record. Included by source files of this layer only.
#include <htslib/vcf.h>

#include <memory>
#include <string>
#include <vector>

#include "hts/variant_file.hpp"
#include "hts/variant_text.hpp"

namespace dna_hnet::hts {

struct CloseHtsFile {
    // For readers and for writers that are given up: a writer that counts is closed by hand and
    // checked.
    void operator()(htsFile* file) const { static_cast<void>(hts_close(file)); }
};
using HtsFileHandle = std::unique_ptr<htsFile, CloseHtsFile>;

struct DestroyHeader {
    void operator()(bcf_hdr_t* header) const { bcf_hdr_destroy(header); }
};
using HeaderHandle = std::unique_ptr<bcf_hdr_t, DestroyHeader>;

struct DestroyVariant {
    void operator()(bcf1_t* record) const { bcf_destroy(record); }
};

struct VariantRecord::Impl {
    std::unique_ptr<bcf1_t, DestroyVariant> raw{bcf_init()};
    std::int64_t number = 0;  // in its file, from 1; 0: made
};

struct VariantFile::Impl {
    std::string path;
    HtsFileHandle file;               // none: records are made
    std::unique_ptr<VcfLines> lines;  // of text; none for BCF
    std::size_t columns = 0;          // of the header's last line, for text
    // A record's numbers for contigs and keys are places in this header. It grows: htslib adds what
    // a line of text uses without a declaration, a writer adds its fields. Shared with the writers.
    std::shared_ptr<bcf_hdr_t> header;
    std::int64_t records = 0;
    std::vector<bool> seen;  // contigs
    int last_contig = -1;
    hts_pos_t last_position = -1;

    void open();
    void read_text_header();
    bool read(bcf1_t& record);
    bool read_line(bcf1_t& record);
    void check_order(const bcf1_t& record);
    void check_end() const;
    [[noreturn]] void fail(const VcfPlace& place, const std::string& problem,
                           const std::string& hint = {}) const;
};

}  // namespace dna_hnet::hts
