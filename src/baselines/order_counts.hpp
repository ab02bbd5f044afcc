#pragma once
// Exact counts of orders 0..12: how often each letter follows each context, on both strands.
//
// counts(k)[context * 4 + letter], 32 bits each: 4^13 of order 12 are 268 MB, all orders 358 MB. A
// count never exceeds the number of counted bases, so fewer than 2^32 bases cannot overflow;
// BaselineSet::fit refuses more.
//
// Only order 12 is counted base by base. A lower order is the sum over one more letter to the left,
// plus the places that have no letter to the left: the ends of runs, which are kept as a list.
//
//   OrderCounts counts;
//   counts.add(bases, 0, length, true);
//   counts.finish();
//   counts.counts(2)[4 * context + letter]
#include <array>
#include <cstdint>
#include <vector>

#include "baselines/kmer.hpp"
#include "baselines/large_table.hpp"

namespace dna_hnet::baselines {

class OrderCounts {
  public:
    OrderCounts();
    // Counts every k-mer whose last base lies in bases[lead, length); the lead-in before it gives
    // their left parts (20 bases, or all that the interval has). `ends` says that the interval ends
    // here, which ends the run for the other strand.
    void add(const genome::Base* bases, std::int64_t lead, std::int64_t length, bool ends);
    // Derives orders 0..11 from what was added so far. May be called again after more was added.
    void finish();
    const std::uint32_t* counts(int order) const {
        return counts_[static_cast<std::size_t>(order)].data();
    }

  private:
    struct RunEnd {
        std::uint32_t kmer;  // order + 1 letters
        std::int32_t order;  // 0..11
    };
    void end_run(const KmerRoller& kmers);

    std::array<LargeTable<std::uint32_t>, kMaxOrder + 1> counts_;
    std::vector<RunEnd> run_ends_;
};

}  // namespace dna_hnet::baselines
