#pragma once
// Reads of a SAM, BAM or CRAM file through htslib, streamed in the file's order.
//
//   auto reads = hts::AlignmentFile::open("x.bam", *reference, {});
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "genome/read_source.hpp"
#include "genome/reference.hpp"

namespace dna_hnet::hts {

class AlignmentFile final : public genome::ReadSource {
  public:
    // `regions`: only reads that overlap one of them, each once; needs the file's index. A CRAM is
    // decoded with `reference`, never with a sequence from the network or from its own header.
    // bad_input: no file, neither SAM, BAM nor CRAM, truncated, no index for the regions, a CRAM
    // beside a reference that is no FASTA or has another sequence. The reference must outlive this.
    static std::unique_ptr<AlignmentFile> open(
        const std::string& path, const genome::Reference& reference,
        const genome::ReadFilter& filter,
        const std::optional<std::vector<genome::Interval>>& regions = std::nullopt);
    ~AlignmentFile() override;

    bool next(genome::AlignedRead& read) override;
    const genome::ReadCounts& counts() const override;
    const std::string& path() const override;

  private:
    struct Impl;
    explicit AlignmentFile(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace dna_hnet::hts
