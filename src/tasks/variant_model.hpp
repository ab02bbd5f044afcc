#pragma once
// The model that scores variants, and what its training record says of the reference. Torch-free.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/version.hpp"
#include "evaluate/variant_scorer.hpp"
#include "genome/reference.hpp"

namespace dna_hnet::tasks {

struct VariantModelRequest {
    std::string path;  // checkpoint or run
    std::string device = "cpu";
    std::int64_t context = 0;  // bases per window; 0: as in training
    std::optional<std::int64_t> attention_window;
    evaluate::VariantReading reading;
};

class VariantModel {
  public:
    VariantModel(const genome::Reference& reference, const VariantModelRequest& request);

    evaluate::VariantScorer& scorer() { return *scorer_; }
    std::int64_t context() const { return context_; }
    const std::vector<genome::Interval>& training() const { return training_; }
    // With the fingerprints of model and reference, and the settings of the reading.
    Provenance complete(Provenance provenance) const;

  private:
    std::unique_ptr<evaluate::VariantScorer> scorer_;
    std::int64_t context_ = 0;
    std::vector<genome::Interval> training_;  // of this reference
    std::string model_fingerprint_, reference_fingerprint_, settings_;
};

}  // namespace dna_hnet::tasks
