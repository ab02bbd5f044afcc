#pragma once
// Variants of a VCF or BCF through htslib, streamed, and the same records written with INFO fields
// of ours.
//
//   hts::VariantFile input("x.vcf.gz");
//   hts::VariantWriter output(input, {"y.vcf.gz", 'z'}, fields, header_lines);
//   hts::VariantRecord record;
//   while (input.next(record)) output.write(record, values);
//   output.close();
//
// A file, its records and its writers belong to one thread at a time: they share the header, which
// grows as htslib meets what it does not declare. A writer may outlive its file.
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/atomic_group.hpp"
#include "genome/interval.hpp"
#include "genome/variant.hpp"

namespace dna_hnet::hts {

// A record as it came, whole. Empty until next() or make() fills it. Its position is -1 for POS 0,
// the telomere's.
class VariantRecord {
  public:
    VariantRecord();
    ~VariantRecord();
    VariantRecord(VariantRecord&&) noexcept;
    VariantRecord& operator=(VariantRecord&&) noexcept;
    const genome::Variant& variant() const { return variant_; }

  private:
    friend class VariantFile;
    friend class VariantWriter;
    struct Impl;
    std::unique_ptr<Impl> impl_;
    genome::Variant variant_;
};

// A sample's alleles in one record: 0 = REF, k = alternative k - 1, -1 = not called. One entry per
// chromosome copy. `phased`: every separator is '|' (one copy alone counts as phased).
struct Genotype {
    std::vector<int> alleles;
    bool phased = false;
};

class VariantFile {
  public:
    // A VCF, VCF.gz or BCF; "-" is stdin. bad_input: no file, neither VCF nor BCF, a damaged
    // header.
    explicit VariantFile(const std::string& path);
    // No file, and no record: a header with these contigs, for variants that are made.
    explicit VariantFile(const std::vector<genome::Contig>& contigs);
    ~VariantFile();
    VariantFile(const VariantFile&) = delete;
    VariantFile& operator=(const VariantFile&) = delete;

    // The next record in the file's order; false at the end. bad_input, naming the file and the
    // record (number, contig:position): a malformed record, records of one contig apart from each
    // other or not in the order of their positions, a truncated file (of BGZF, and of text whose
    // last line no newline ends). Fields that the header does not declare are no error of ours:
    // htslib takes them for text.
    bool next(VariantRecord& record);
    // A record of this variant, without ID, QUAL, FILTER, INFO and genotypes.
    void make(const genome::Variant& variant, VariantRecord& record) const;

    const std::string& path() const;
    std::vector<genome::Contig> contigs() const;  // of the header; length 0 where it says none
    // bad_input naming the closest sample, or that the file has none.
    int sample_index(const std::string& name) const;
    // Nothing where the record has no GT. `sample` from sample_index(). bad_input: an allele that
    // the record does not have.
    std::optional<Genotype> genotype(const VariantRecord& record, int sample) const;

  private:
    friend class VariantWriter;
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

struct InfoField {
    enum class Type { number, integer, text, flag };
    std::string id;
    Type type = Type::number;  // Number=A, but for a flag
    std::string description;
};

// Of one record, for one field: an entry per alternative, NaN, nothing or empty where it is
// missing; a flag is set or not. A field without any value is left out of the record.
using InfoValue = std::variant<std::vector<float>, std::vector<std::optional<std::int32_t>>,
                               std::vector<std::string>, bool>;

struct VariantTarget {
    std::string path;  // "-" is stdout
    char type = 'z';   // z: VCF.gz, b: BCF, u: uncompressed BCF, v: VCF (bcftools -O)
    std::vector<std::string> dropped{};  // INFO fields of the input that are left out
};

class VariantWriter {
  public:
    // The header is the input's (with what htslib has added to it when records were read before),
    // with the fields defined anew (Source="dna-hnet", Version) and
    // `header_lines` ("##key=value") behind it; fields of these names in the input's records are
    // replaced. `with_source` false leaves Source and Version out. z and b get an index when they
    // are files: .tbi (z) or .csi (b, and z where a contig is longer than 512 Mb). Atomic except on
    // stdout and on pipes; with a group the file and its index appear when the group is committed.
    // run_failed: a target that cannot be written.
    VariantWriter(const VariantFile& input, const VariantTarget& target,
                  const std::vector<InfoField>& fields,
                  const std::vector<std::string>& header_lines, bool with_source,
                  AtomicGroup* group = nullptr);
    ~VariantWriter();
    VariantWriter(const VariantWriter&) = delete;
    VariantWriter& operator=(const VariantWriter&) = delete;

    // A record of the input. `values` in the order of the fields; the record's other columns stay
    // as they came. run_failed on a write error (a full disk), and when the values are not of their
    // field's type, not one per alternative, or hold a letter that INFO cannot. bad_input, for BCF:
    // a contig, key or filter that the header does not declare, a position past 2^31.
    void write(VariantRecord& record, const std::vector<InfoValue>& values);
    void close();  // flush, index, rename

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace dna_hnet::hts
