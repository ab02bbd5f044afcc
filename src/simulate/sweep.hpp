#pragma once
// The forward and backward recursions over a BlockHmm: exact, in double precision, rescaled at
// every base. A state whose share falls below 1e-280 of the whole is 0.
#include <vector>

#include "simulate/block_hmm.hpp"

namespace dna_hnet::simulate {

// Emission probabilities of all states with letters, per base, in the padded layout. Made once for
// a model.
class EmissionTables {
  public:
    explicit EmissionTables(const BlockHmm& hmm);
    const BlockHmm& hmm() const { return *hmm_; }
    const double* of(int base) const { return letters_[base].data(); }

  private:
    const BlockHmm* hmm_;
    std::array<std::vector<double>, 4> letters_;
};

//   ForwardSweep sweep(tables);
//   for (Base base : segment) bits.push_back(-std::log2(sweep.step(base)));
class ForwardSweep {
  public:
    explicit ForwardSweep(const EmissionTables& tables);  // before the first base of a segment
    // Probability of `base` given all bases of the segment before it; then moves past it.
    double step(int base);
    Context context() const { return context_; }
    // Share of every state after the last base, in the padded layout; to be multiplied by scale(),
    // then they sum to one.
    const std::vector<double>& shares() const { return shares_; }
    double scale() const { return scale_; }

  private:
    void collect_flows();

    const EmissionTables* tables_;
    std::vector<double> shares_, next_, inflow_, block_sums_;
    double scale_ = 1;
    Context context_ = 0;
};

// Probability of the bases that follow, given the state; up to one common factor.
class BackwardSweep {
  public:
    explicit BackwardSweep(const EmissionTables& tables);  // after the last base of a segment
    // Moves in front of `base`; `context` has the bases before it.
    void step(int base, Context context);
    const std::vector<double>& values() const { return values_; }

  private:
    double outflow(const Block& block, int lane, Context context) const;
    const double* only_exit_by_lane(const Block& block) const;

    const EmissionTables* tables_;
    std::vector<double> values_, emitted_, entered_;
};

}  // namespace dna_hnet::simulate
