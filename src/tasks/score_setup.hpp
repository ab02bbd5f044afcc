#pragma once
// What scoring needs beside the sequences: the model, the splits of its training record, and the
// counting models. Torch-free.
#include <memory>
#include <optional>
#include <string>

#include "core/version.hpp"
#include "genome/splits.hpp"
#include "tasks/fitted_baselines.hpp"
#include "tasks/scored_pieces.hpp"

namespace dna_hnet::model {
struct Checkpoint;
}  // namespace dna_hnet::model

namespace dna_hnet::tasks {

// The checkpoint's own splits on this reference, mapped by contig name; contigs that do not match
// are named in a warning.
genome::SplitTable known_splits(const genome::Reference& reference,
                                const model::Checkpoint& checkpoint);

class ScoreSetup {
  public:
    // `reading.context` 0: the one that the model was trained with. Splits as in known_splits().
    // Baselines are fitted on its training intervals in this reference. usage error: `all_orders`
    // alone.
    ScoreSetup(genome::Reference& reference, const std::string& model,
               evaluate::ReadingOptions reading, bool baselines, bool all_orders);

    ScoreSources& sources() { return sources_; }
    const evaluate::ReadingOptions& reading() const { return reading_; }
    const genome::SplitTable& splits() const { return splits_; }
    // With the fingerprints of model and reference, and the settings of the reading.
    Provenance complete(Provenance provenance) const;

  private:
    evaluate::ReadingOptions reading_;
    std::unique_ptr<evaluate::ModelRunner> runner_;
    genome::SplitTable splits_;
    std::optional<FittedBaselines> fitted_;
    ScoreSources sources_;
    std::string model_fingerprint_, reference_fingerprint_;
};

}  // namespace dna_hnet::tasks
