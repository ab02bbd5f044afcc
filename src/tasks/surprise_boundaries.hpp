#pragma once
// `dna-hnet baseline --boundaries`: the files of `boundaries`, stage 0, from the order-5 surprise
// chunker (docs/baselines.md). Torch-free.
#include "baselines/surprise_chunker.hpp"
#include "tasks/boundaries.hpp"

namespace dna_hnet::tasks {

// The probability of a base is 1 where the chunker begins a chunk, and 0 elsewhere.
class SurpriseBoundaries : public BoundarySource {
  public:
    explicit SurpriseBoundaries(const baselines::SurpriseChunker& chunker) : chunker_(chunker) {}
    std::int64_t stages() const override { return 1; }
    // `segments` and `regions` lie on one contig.
    void read(genome::Reference& reference, const std::vector<genome::Interval>& segments,
              const std::vector<genome::Interval>& regions, genome::Strand strand,
              const std::function<void(const evaluate::SequenceValues&)>& sink,
              const std::function<void(std::int64_t)>& progress) override;

  private:
    void read_piece(genome::Reference& reference, const genome::Interval& segment,
                    const genome::Interval& piece, genome::Strand strand,
                    evaluate::SequenceValues& values) const;
    const baselines::SurpriseChunker& chunker_;
};

struct SurpriseRequest {
    std::vector<genome::Interval> train;
    double rate = 0.333;
    BoundariesRequest files;  // regions, strands, classes, formats, prefix, provenance
};

// As write_boundaries; errors also as of SurpriseChunker::fit.
void write_surprise_boundaries(genome::Reference& reference, const SurpriseRequest& request);

}  // namespace dna_hnet::tasks
