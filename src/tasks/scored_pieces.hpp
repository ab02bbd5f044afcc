#pragma once
// Bits of every base asked for, by model and strand, a stripe of the genome at a time: the model
// and the baselines over the same sequences. Torch-free.
#include <functional>
#include <string>
#include <vector>

#include "baselines/baseline_set.hpp"
#include "core/version.hpp"
#include "evaluate/model_runner.hpp"
#include "genome/reference.hpp"
#include "tasks/stripe_values.hpp"

namespace dna_hnet::tasks {

struct ScoredPiece {
    genome::Interval where;
    std::vector<genome::Base> bases;  // as on the forward strand; A C G T are scored
    // bits[model][strand][i] of base where.begin + i, strands as asked; 0 where it is not scored.
    std::vector<std::vector<std::vector<float>>> bits;
    // entropy[strand][i]: of the model's prediction there, bits; with ScoreSources::entropy alone.
    std::vector<std::vector<float>> entropy;
};

// Gets every piece as it is scored: contigs in the C order of their names, positions ascending.
class PieceSink {
  public:
    virtual ~PieceSink() = default;
    // Before anything is read. `universe`: the bases asked for that lie in segments, merged.
    virtual void open(const std::vector<genome::Contig>& contigs,
                      const std::vector<genome::Interval>& universe,
                      const std::vector<genome::Strand>& strands, const Provenance& provenance) = 0;
    virtual void add(const ScoredPiece& piece) = 0;
    virtual void close() = 0;
};

// Who gives the bits. Models are "dna-hnet" (with a runner), then the chosen rows of the baselines.
struct ScoreSources {
    evaluate::ModelRunner* runner = nullptr;
    const baselines::BaselineSet* baselines = nullptr;
    std::vector<std::size_t> rows;  // of BaselineSet::names()
    bool entropy = false;           // of the runner's predictions, too
    std::vector<std::string> models() const;
};

struct ScoreSeconds {
    double model = 0, baselines = 0;
};

class PieceScorer {
  public:
    PieceScorer(genome::Reference& reference, const std::vector<genome::Interval>& segments,
                const ScoreSources& sources, const evaluate::ReadingOptions& reading,
                const std::vector<genome::Strand>& strands);

    // Calls `sink` with pieces that cover `regions` (merged) in ascending order. Memory is bounded:
    // in windows mode by stripes of a megabase; in carry mode, where a stripe is whole segments,
    // its values wait on disk. `progress` gets the bases that the model (or, without one, the
    // baselines) has read, summed over strands.
    void run(const std::vector<genome::Interval>& regions,
             const std::function<void(const ScoredPiece&)>& sink,
             const std::function<void(std::int64_t)>& progress);
    const ScoreSeconds& seconds() const { return seconds_; }

  private:
    // Channels of a stripe: by model and strand, then the entropy by strand.
    std::size_t channel(std::size_t model, std::size_t strand) const {
        return model * strands_.size() + strand;
    }
    void add_model(const std::vector<genome::Interval>& stripe, StripeValues& values,
                   const std::function<void(std::int64_t)>& progress);
    void add_baselines(const std::vector<genome::Interval>& stripe, StripeValues& values);
    ScoredPiece piece_of(const genome::Interval& where, const StripeValues& values);

    genome::Reference& reference_;
    const std::vector<genome::Interval>& segments_;
    ScoreSources sources_;
    evaluate::ReadingOptions reading_;
    std::vector<genome::Strand> strands_;
    std::int64_t done_ = 0;
    ScoreSeconds seconds_;
};

// The regions in stripes, in order: none is empty, together they are the regions.
std::vector<std::vector<genome::Interval>> make_stripes(
    const std::vector<genome::Interval>& regions, const std::vector<genome::Interval>& segments,
    const evaluate::ReadingOptions& reading);

}  // namespace dna_hnet::tasks
