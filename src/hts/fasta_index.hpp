#pragma once
// The files beside a FASTA: X.fai, X.gzi and the .dict. Used by IndexedFasta.
#include <string>
#include <vector>

#include "genome/interval.hpp"

namespace dna_hnet::hts {

// Refuses what cannot be a reference (no file, plain gzip, truncated BGZF) and builds X.fai, and
// X.gzi for bgzip, when missing. Before it builds, it reads the whole FASTA and refuses, with the
// line or the position: no record, other text, a name twice or a record without bases (htslib would
// drop them), lines of unequal length, bytes that are not IUPAC.
void require_fasta_index(const std::string& path);

// Names and lengths of X.fai in order; MD5s of the .dict beside the FASTA, foo.dict for foo.fa.gz,
// where name and length agree. Read from the file itself: htslib 1.16 gives lengths of 32 bits
// only.
std::vector<genome::Contig> read_fasta_index(const std::string& path);

// "g.fa: chr1:17: byte 'U' (0x55) is no IUPAC nucleotide code"; position is 1-based.
[[noreturn]] void fail_at_byte(const std::string& path, const std::string& contig,
                               std::int64_t position, char byte);

}  // namespace dna_hnet::hts
