#pragma once
// The memory-mapped genome: one byte a base (alphabet.hpp), random windows without decompression or
// parsing. Suffix .dhg.
//
// File, little-endian:
//   8 bytes "DNAHNETG", u32 version = 1, u32 reserved = 0, u64 length of the JSON header,
//   JSON header {"contigs": [{"name", "length", "md5", "offset"}], "source": text, "sha256": digest
//   of the bases that follow}, padding to a multiple of 4096, then the bases of all contigs at
//   their offsets (from the first base): in order, without holes.
// md5 is that of the upper-cased letters A C G T N as stored: it equals the SAM header's M5 unless
// the contig has other IUPAC letters.
#include <filesystem>
#include <memory>

#include "genome/reference.hpp"

namespace dna_hnet::genome {

class GenomeCache final : public Reference {
  public:
    // Maps the file. bad_input when it is no cache, truncated, or its header does not fit its size.
    static std::unique_ptr<GenomeCache> open(const std::string& path);
    // Writes `reference` to `target`, with MD5 of every contig. Atomic. Reads the reference twice:
    // the digests stand before the bases.
    static void write(Reference& reference, const std::filesystem::path& target);

    const std::vector<Contig>& contigs() const override;
    void fetch_into(const Interval& interval, Base* out) override;
    std::unique_ptr<Reference> clone() const override;  // shares the mapping
    const std::string& path() const override;
    // Reads everything; bad_input when the bases are not those that were written.
    void verify() const;

  private:
    struct Mapping;
    explicit GenomeCache(std::shared_ptr<const Mapping> mapping);
    std::shared_ptr<const Mapping> mapping_;
};

}  // namespace dna_hnet::genome
