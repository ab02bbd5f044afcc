#pragma once
// Floats per base of a stripe of the genome, in several channels, in memory or on disk. Torch-free.
#include <memory>
#include <vector>

#include "core/spill_file.hpp"
#include "genome/interval.hpp"

namespace dna_hnet::tasks {

class StripeValues {
  public:
    // `stripe`: disjoint, ascending. Every value is 0 until it is put.
    StripeValues(const std::vector<genome::Interval>& stripe, std::size_t channels, bool on_disk);

    // Values of the bases from `place.begin` on; `place` lies in one interval of the stripe. From
    // several threads at once for different bases.
    void put(std::size_t channel, const genome::Interval& place, const float* values);
    std::vector<float> get(std::size_t channel, const genome::Interval& place) const;

  private:
    std::int64_t index_of(std::size_t channel, const genome::Interval& place) const;

    std::vector<genome::Interval> stripe_;
    std::vector<std::int64_t> starts_;  // bases of the stripe before each interval
    std::int64_t length_ = 0;
    std::vector<float> values_;
    std::unique_ptr<SpillFile> file_;
};

}  // namespace dna_hnet::tasks
