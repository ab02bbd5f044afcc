#pragma once
// Which window a run reads when: window number n is a function of (seed, n) alone, so a run resumes
// anywhere and threads need no order.
//
// A piece is a training interval cut at gaps. A window takes a piece with probability proportional
// to its length, then a start uniformly among all starts at which `context` bases fit: within a
// piece every start is equally likely, and no window crosses the edge of a piece. A piece that is
// not longer than `context` is read whole, so no training base is out of reach.
//
//   WindowSampler sampler({{0, 0, 1000}}, 100, 0.5, seed);
//   sampler.window(7);   // e.g. {{0, 412, 512}, Strand::reverse}
#include <cstdint>
#include <vector>

#include "genome/interval.hpp"

namespace dna_hnet::batch {

struct TrainingWindow {
    genome::Interval interval;  // forward-strand coordinates
    genome::Strand strand = genome::Strand::forward;
    bool operator==(const TrainingWindow&) const = default;
};

class WindowSampler {
  public:
    // `pieces`: merged. usage error when there is none.
    WindowSampler(std::vector<genome::Interval> pieces, std::int64_t context,
                  double reverse_complement, std::uint64_t seed);
    TrainingWindow window(std::int64_t number) const;
    double mean_length() const;  // bases of a window, expected
    const std::vector<genome::Interval>& pieces() const { return pieces_; }

  private:
    std::vector<genome::Interval> pieces_;
    std::vector<std::int64_t> ends_;  // bases up to the end of each piece
    std::int64_t context_;
    double reverse_complement_;
    std::uint64_t seed_;
};

}  // namespace dna_hnet::batch
