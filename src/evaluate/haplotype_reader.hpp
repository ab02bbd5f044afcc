#pragma once
// Reads strings of bases with a model, side by side, in cells of 128 bases, from their first base
// or on from a state that was kept at a cell edge: shared prefixes of variants (semantics.md
// section 7). What a string yields does not depend on the strings beside it.
#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "genome/alphabet.hpp"
#include "model/language_model.hpp"

namespace dna_hnet::evaluate {

inline constexpr std::int64_t kVariantCell = 128;

// Boundary decisions of every token read, BOS included, per stage: for replays.
using Decisions = std::vector<std::vector<bool>>;

// What reading goes on from: everything in front of base `position` was read.
struct ReadingEdge {
    std::int64_t position = 0;                       // a multiple of kVariantCell
    std::shared_ptr<const model::ModelState> state;  // of several strings
    std::int64_t row = 0;                            // the string's own
    std::array<float, 4> next{};                     // log2 p of A C G T at base `position`
    Decisions decisions;                             // so far, where they are kept
};

struct HaplotypeReading {
    std::vector<genome::Base> bases;    // in reading direction, without soft-mask bits
    const ReadingEdge* from = nullptr;  // null: from BOS
    std::vector<std::int64_t> keep;     // edges to be kept, ascending, past `from`
    // Results, for the bases from the edge (or the first) to the end.
    std::vector<float> log2_p;       // NaN where the base is not A C G T
    std::vector<float> boundary;     // stage 0; empty for a model without stages of chunks
    std::vector<ReadingEdge> edges;  // those of `keep` that lie before the end
    Decisions decisions;             // from BOS on, where they are kept

    std::int64_t begin() const { return from ? from->position : 0; }
};

class HaplotypeReader {
  public:
    HaplotypeReader(model::LanguageModelImpl& model, bool keep_decisions);
    // Throws Stopped after a stop signal; run_failed where a prediction is no number.
    void read(std::vector<HaplotypeReading*> readings) const;

  private:
    struct Row;
    struct Cell;
    model::ModelState first_state(const std::vector<Row>& rows) const;
    Cell load(const std::vector<Row>& rows) const;
    void collect(const Cell& cell, const model::ModelOutput& output, std::vector<Row>& rows) const;
    static void collect_decisions(const model::ModelOutput& output, std::vector<Row>& rows);
    static void keep_edges(const model::ModelState& state, std::vector<Row>& rows);

    model::LanguageModelImpl& model_;
    genome::Vocabulary vocabulary_;
    bool keep_decisions_;
};

}  // namespace dna_hnet::evaluate
