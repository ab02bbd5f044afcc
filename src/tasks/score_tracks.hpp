#pragma once
// The browser tracks of `score` (semantics.md section 3): bigWig files, one value per scored base,
// 0-based. A base that is not A, C, G or T is missing, never zero. Torch-free.
//
//   PREFIX.{fwd,rev}.bits.bw      -log2 p of the base
//   PREFIX.{fwd,rev}.entropy.bw   entropy of the prediction, bits
//   PREFIX.{fwd,rev}.logo.bw      2 - bits, which browsers draw as letters ("dynseq"); on demand
//   PREFIX.mean.{bits,logo}.bw    the mean of both strands, where both are read
//   PREFIX.universe.bed.gz        the bases asked for that lie in segments, with its index
#include <memory>
#include <string>
#include <vector>

#include "tasks/boundary_files.hpp"
#include "tasks/scored_pieces.hpp"
#include "tracks/bigwig.hpp"

namespace dna_hnet::tasks {

struct ScoreTracksRequest {
    std::string prefix;
    double precision = 1.0 / 64;  // values are rounded to multiples of it; 0: float32 as they are
    bool logo = false;
    AtomicGroup* outputs = nullptr;  // the files appear with it
};

class ScoreTracks : public PieceSink {
  public:
    // usage error: a precision below 0 or above 1.
    explicit ScoreTracks(ScoreTracksRequest request);

    void open(const std::vector<genome::Contig>& contigs,
              const std::vector<genome::Interval>& universe,
              const std::vector<genome::Strand>& strands, const Provenance& provenance) override;
    void add(const ScoredPiece& piece) override;
    void close() override;  // all are whole

  private:
    enum class Kind { bits, entropy, logo };
    struct Track {
        Kind kind;
        int strand;  // 0, 1, or -1 for the mean of both
        std::unique_ptr<tracks::BigWigWriter> writer;
    };
    void open_track(Kind kind, int strand, const std::string& name,
                    const std::vector<genome::Contig>& contigs, const Provenance& provenance);
    std::vector<float> values_of(const Track& track, const ScoredPiece& piece) const;

    ScoreTracksRequest request_;
    std::vector<Track> tracks_;
    std::unique_ptr<UniverseFile> universe_;
};

}  // namespace dna_hnet::tasks
