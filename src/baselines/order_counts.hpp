#pragma once
// Exact counts of orders 0..12: how often each letter follows each context, on both strands.
//
// counts(k)[context * 4 + letter], 32 bits each: 4^13 of order 12 are 268 MB, all orders 358 MB. A
// count never exceeds the number of counted bases, so fewer than 2^32 bases cannot overflow;
// BaselineSet::fit refuses more.
//
// Only the highest order (12, or a lower one that is asked for) is counted base by base. A lower
// order is the sum over one more letter to the left,
// plus the places that have no letter to the left: the ends of runs, which are kept as a list.
//
//   OrderCounts counts;
//   counts.add(bases, 0, length, true);
//   counts.finish();
//   counts.counts(2)[4 * context + letter]
#include <cmath>
#include <cstdint>
#include <vector>

#include "baselines/kmer.hpp"
#include "baselines/large_table.hpp"

namespace dna_hnet::baselines {

// -log2 p of the letter that was counted `count` times among the `total` after one context,
// with `smoothing` added to each of the four.
inline float smoothed_bits(std::uint32_t count, float total, float smoothing) {
    return std::log2((total + 4 * smoothing) / (static_cast<float>(count) + smoothing));
}
inline float total_of(const std::uint32_t* letters) {
    return static_cast<float>(letters[0]) + static_cast<float>(letters[1]) +
           static_cast<float>(letters[2]) + static_cast<float>(letters[3]);
}

class OrderCounts {
  public:
    explicit OrderCounts(int highest = kMaxOrder);  // 0..kMaxOrder
    // Counts every k-mer whose last base lies in bases[lead, length); the lead-in before it gives
    // their left parts (20 bases, or all that the interval has). `ends` says that the interval ends
    // here, which ends the run for the other strand.
    void add(const genome::Base* bases, std::int64_t lead, std::int64_t length, bool ends);
    // Derives the lower orders from what was added so far. May be called again after more was
    // added.
    void finish();
    const std::uint32_t* counts(int order) const {
        return counts_[static_cast<std::size_t>(order)].data();
    }

  private:
    struct RunEnd {
        std::uint32_t kmer;  // order + 1 letters
        std::int32_t order;  // below the highest
    };
    void end_run(const KmerRoller& kmers);

    int highest_;
    std::vector<LargeTable<std::uint32_t>> counts_;  // by order
    std::vector<RunEnd> run_ends_;
};

}  // namespace dna_hnet::baselines
