#pragma once
// FASTA (plain or bgzip) through htslib's index, which is built when missing. One handle per thread
// (clone()).
#include <memory>
#include <string>
#include <utility>

#include "genome/reference.hpp"

namespace dna_hnet::hts {

class IndexedFasta final : public genome::Reference {
  public:
    // bad_input: no file; plain gzip (says how to recompress with bgzip); truncated BGZF; empty
    // FASTA; an index that cannot be written (names the command); MD5s come from a .dict beside the
    // FASTA when there is one.
    static std::unique_ptr<IndexedFasta> open(const std::string& path);
    ~IndexedFasta() override;

    const std::vector<genome::Contig>& contigs() const override;
    void fetch_into(const genome::Interval& interval, genome::Base* out) override;
    std::unique_ptr<genome::Reference> clone() const override;
    const std::string& path() const override;

  private:
    struct Impl;
    explicit IndexedFasta(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

// FASTA or genome cache (.dhg), by suffix.
std::unique_ptr<genome::Reference> open_reference(const std::string& path);

// "chr1:1,000-2,000", "chr1", "chr1:100-", "{name:1}:1-10": 1-based, inclusive, parsed by htslib.
// Bare "chr1:100" runs to the contig's end, and `runs_to_end` says so. Unknown contig, or past the
// contig's end: bad_input.
struct ParsedRegion {
    genome::Interval interval;
    bool runs_to_end = false;
};
ParsedRegion parse_region(const genome::Reference& reference, const std::string& text);

}  // namespace dna_hnet::hts
