#pragma once
// Runs the model over a batch of sequences, cell by cell, and collects their values. One per
// thread.
#include <ATen/core/Tensor.h>

#include <functional>
#include <vector>

#include "evaluate/model_runner.hpp"
#include "evaluate/sequence_values.hpp"
#include "model/language_model.hpp"

namespace dna_hnet::evaluate {

class BatchReader {
  public:
    // The model is read only; the reference belongs to this thread.
    BatchReader(model::LanguageModelImpl& model, genome::Reference& reference,
                const Wanted& wanted);

    // Reads sequences [first, last) of the plan beside each other: the same cell of each in one
    // forward, never two cells of one sequence. `push` gets pieces as they become known, `finish`
    // every sequence once. Throws Stopped after a stop signal.
    using Push = std::function<void(std::size_t sequence, SequenceValues values)>;
    void read(const std::vector<PlannedSequence>& plan, std::size_t first, std::size_t last,
              const Push& push, const std::function<void(std::size_t)>& finish);

  private:
    struct Cell;
    Cell load(const std::vector<SequenceCollector>& sequences, std::int64_t cell);
    void collect(const Cell& cell, const model::ModelOutput& output,
                 std::vector<SequenceCollector>& sequences) const;
    void collect_boundaries(const Cell& cell, const model::ModelOutput& output,
                            std::vector<SequenceCollector>& sequences) const;
    void collect_vectors(const Cell& cell, const model::ModelOutput& output,
                         std::vector<SequenceCollector>& sequences) const;

    model::LanguageModelImpl& model_;
    genome::Reference& reference_;
    Wanted wanted_;
    genome::Vocabulary vocabulary_;
};

}  // namespace dna_hnet::evaluate
