#pragma once
// Sequencing reads as they were aligned (semantics.md section 8). Implementation:
// hts::AlignmentFile.
//
//   AlignedRead read;
//   while (source.next(read)) ...
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "genome/alphabet.hpp"
#include "genome/interval.hpp"
#include "genome/splits.hpp"

namespace dna_hnet::genome {

struct AlignedRead {
    std::string name;
    std::uint16_t flag = 0;  // of SAM
    int mapping_quality = 0;
    Interval place;                   // from its first to its last aligned base
    Strand strand = Strand::forward;  // that it was sequenced from
    // The NM tag; counted against the reference where there is none. Absent without a place.
    std::optional<std::int64_t> edit_distance;
    // The aligned and inserted bases on the reference's forward strand: soft clips are cut, bases
    // below the least quality are N.
    std::vector<Base> bases;
    std::int64_t masked = 0;  // N among them
    // What the read covers: `place` without the parts that the alignment skips (introns).
    std::vector<Interval> blocks;
    // Reference positions that face an N of the read, ascending.
    std::vector<std::int64_t> masked_columns;
};

struct ReadFilter {
    static constexpr std::uint16_t kUnmapped = 0x4, kSecondary = 0x100, kQualityFail = 0x200,
                                   kDuplicate = 0x400, kSupplementary = 0x800;
    std::uint16_t excluded_flags =
        kUnmapped | kSecondary | kQualityFail | kDuplicate | kSupplementary;
    int min_mapping_quality = 0;
    int min_base_quality = 0;
    // Reads without an alignment, or aligned to what the reference has not, are handed on as well:
    // with contig -1 and no blocks.
    bool unplaced = false;
};

// Records of a file by what became of them. A record with two excluded flags is in both rows.
struct ReadCounts {
    std::int64_t records = 0;
    std::int64_t unmapped = 0, secondary = 0, quality_fail = 0, duplicate = 0,
                 supplementary = 0;        // with that flag, where it is excluded
    std::int64_t other_flags = 0;          // with another excluded flag
    std::int64_t low_mapping_quality = 0;  // among those whose flags pass
    std::int64_t passed = 0;               // the filter: samtools view -c -F FLAGS -q QUALITY
    // Among those that passed, and not used:
    std::int64_t without_sequence = 0, unknown_contig = 0, past_end = 0;
    std::int64_t used = 0;
};

class ReadSource {
  public:
    virtual ~ReadSource() = default;
    // False at the end. bad_input: a truncated or damaged file.
    virtual bool next(AlignedRead& read) = 0;
    virtual const ReadCounts& counts() const = 0;
    virtual const std::string& path() const = 0;
};

// The split of all the bases that the read covers; `none` where they differ.
Split split_of(const AlignedRead& read, const SplitTable& splits);

// What became of the records of a file that was read to its end, on the log.
void log_counts(const ReadSource& source);

}  // namespace dna_hnet::genome
