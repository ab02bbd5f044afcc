#pragma once
// The track files of `dna-hnet boundaries`: rows of chunks and values of probabilities.
#include <memory>
#include <string>
#include <vector>

#include "core/version.hpp"
#include "hts/bgzf_text.hpp"
#include "tasks/chunk_rows.hpp"
#include "tracks/bigbed.hpp"
#include "tracks/bigwig.hpp"

namespace dna_hnet::tasks {

// One line of a chunk file, BED9+4, without a line end. With twelve columns in all, bedtools would
// take it for a BED12 and refuse it. `score` is round(1000 (2p - 1)); the colour is one
// of seven tones of the stage's hue, by start mod 7; the name says the first base in reading
// direction, 1-based: s0_101.
std::string chunk_line(const std::string& contig, const ChunkRow& row, std::int64_t stage,
                       genome::Strand strand);
// The column names, as a comment line.
inline constexpr const char* kChunkHeader =
    "#chrom\tstart\tend\tname\tscore\tstrand\tthickStart\tthickEnd\titemRgb\tprobability\tlength\t"
    "forced\tstage\n";

// Decisions with |p - 0.5| < 1e-5 on the bases of `wanted` (merged, of one contig).
std::int64_t near_half(const std::vector<evaluate::SequenceValues::Boundary>& boundaries,
                       const std::vector<genome::Interval>& wanted);

std::int64_t longest_contig(const std::vector<genome::Contig>& contigs);

// PREFIX.universe.bed.gz with its index: what was read, contigs in the C order of their names.
class UniverseFile {
  public:
    UniverseFile(const std::string& prefix, const std::vector<genome::Contig>& contigs,
                 AtomicGroup* group);
    void write(std::vector<genome::Interval> universe, const Provenance& provenance);
    void close() { file_.close(); }

  private:
    const std::vector<genome::Contig>& contigs_;
    hts::TextWriter file_;
};

// What is written for each stage and strand.
struct BoundaryFormats {
    bool bed = true, bigwig = true, bigbed = false;

    // From the names bed, bigwig and bigbed; usage error on another.
    static BoundaryFormats parse(const std::vector<std::string>& names);
};

// The files of one stage and strand.
class BoundaryFiles {
  public:
    // `stem` is PREFIX.stageS.fwd or PREFIX.stageS.rev. The files appear when the group is
    // committed.
    BoundaryFiles(const std::string& stem, std::int64_t stage, genome::Strand strand,
                  const BoundaryFormats& formats, const std::vector<genome::Contig>& contigs,
                  const Provenance& provenance, AtomicGroup* group);
    void add_chunk(const ChunkRow& row);
    // The probabilities inside `wanted` (merged, of this contig) of the bases of `yields`.
    void add_probabilities(const genome::Interval& yields,
                           const std::vector<evaluate::SequenceValues::Boundary>& boundaries,
                           const std::vector<genome::Interval>& wanted);
    void close();

  private:
    std::int64_t stage_;
    genome::Strand strand_;
    const std::vector<genome::Contig>& contigs_;
    std::unique_ptr<hts::TextWriter> bed_;
    std::unique_ptr<tracks::BigWigWriter> bigwig_;
    std::unique_ptr<tracks::BigBedWriter> bigbed_;
};

}  // namespace dna_hnet::tasks
