#pragma once
// Collects what the cells of one sequence yield, in reading order, and cuts it into the planned
// pieces in forward coordinates. Torch-free.
#include <cstdint>
#include <functional>
#include <vector>

#include "evaluate/kept_values.hpp"
#include "evaluate/model_runner.hpp"

namespace dna_hnet::evaluate {

class SequenceCollector {
  public:
    SequenceCollector(const PlannedSequence& planned, const Wanted& wanted, std::int64_t stages);

    const PlannedSequence& planned() const { return *planned_; }
    std::int64_t length() const { return planned_->read.length(); }
    std::int64_t tokens() const { return length() + 1; }  // BOS and the bases
    // Tokens of a cell: BOS belongs to the first.
    std::int64_t cell_begin(std::int64_t cell) const;
    std::int64_t cell_end(std::int64_t cell) const { return cell_begin(cell + 1); }
    std::int64_t cells() const;
    // Forward coordinates of the bases [first, last) in reading order.
    genome::Interval place(std::int64_t first, std::int64_t last) const;

    void add_bits(float bits) { bits_.push_back(bits); }  // of the next base in reading order
    void add_entropy(float bits) { entropy_.push_back(bits); }
    // A token of a stage, in reading order; `base` counts from the sequence's start.
    void add_boundary(std::int64_t stage, std::int64_t base, float prob, bool boundary);

    // The vector of a unit, which holds the bases from `base` to the next unit's, in reading order.
    void add_vector(std::int64_t base, const float* begin, const float* end);

    // Calls `push` with the pieces that are whole once `tokens_read` tokens have been read: forward
    // as they come, on the reverse strand all of them at the end.
    void cut(std::int64_t tokens_read, const std::function<void(SequenceValues)>& push);

  private:
    SequenceValues values_of(const genome::Interval& piece) const;
    void add_runs(std::int64_t first, std::int64_t last, SequenceValues& values) const;
    // The unit that holds the base.
    std::size_t unit_of(std::int64_t base) const;
    void drop_before(std::int64_t base);
    std::int64_t first_base(const genome::Interval& piece) const;  // in reading order

    const PlannedSequence* planned_;
    Wanted wanted_;
    std::int64_t kept_ = 0;  // base of bits_[0]
    std::vector<float> bits_, entropy_;
    std::vector<std::vector<SequenceValues::Boundary>> stages_;  // bases in reading order
    std::vector<std::int64_t> units_;                            // first bases, in reading order
    std::vector<float> vectors_;                                 // of the units
    std::size_t done_ = 0;                                       // pieces that were cut
    KeptValues held_;                                            // reverse strand, reading order
};

}  // namespace dna_hnet::evaluate
