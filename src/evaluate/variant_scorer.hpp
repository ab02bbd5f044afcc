#pragma once
// Log-likelihood ratios of alternative haplotypes (semantics.md section 7). The reference window is
// read once for all alternatives in it; each of them goes on from the reference's state at the last
// cell edge at or before the first difference. Torch-free.
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "evaluate/model_runner.hpp"
#include "genome/haplotypes.hpp"

namespace dna_hnet::evaluate {

struct VariantReading {
    std::int64_t threads = 1;
    std::optional<std::int64_t> suffix;  // S; absent: to the window's end
    bool boundary_effects = false;
    // False: both haplotypes are read whole, each for itself. The slow definition, to compare with.
    bool shared_prefix = true;
    std::int64_t batch_bases = 8192;  // per forward (memory only, never a result)
};

// Largest rise and fall of the boundary probability (stage 0) of the same base, alternative minus
// reference, within 100 bases; the offset counts the bases behind the allele, 1 for the first.
// Offsets are absent where nothing rises or falls; all is NaN where the window ends at the allele.
struct BoundaryEffect {
    float gain = 0, loss = 0;
    std::optional<std::int32_t> gain_offset, loss_offset;
};

struct DirectionScore {
    double site = 0, flank = 0;  // log2 units
    double llr() const { return site + flank; }
    BoundaryEffect boundaries;
};

// Decisions of both haplotypes, per stage and token with BOS, for replays.
struct DifferenceDecisions {
    std::vector<std::vector<bool>> reference, alternative;
};

class VariantScorer {
  public:
    // The model is read only. usage error: a suffix, batch or thread count below 1; boundary
    // effects of a model without stages of chunks.
    VariantScorer(std::shared_ptr<model::LanguageModelImpl> model, VariantReading reading);
    VariantScorer(const model::Checkpoint& checkpoint, const std::string& device,
                  std::optional<std::int64_t> attention_window, VariantReading reading);
    ~VariantScorer();

    // One score per difference. A score depends on its own difference only, never on the others.
    std::vector<DirectionScore> score(genome::Reference& reference,
                                      const std::vector<genome::Difference>& differences,
                                      std::vector<DifferenceDecisions>* decisions = nullptr);

  private:
    struct Impl;
    class ScoreRun;
    std::unique_ptr<Impl> impl_;
};

}  // namespace dna_hnet::evaluate
