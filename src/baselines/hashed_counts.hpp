#pragma once
// Counts of one order above 12, hashed: the four letters' counts (4 bits each) of every context
// that finds room.
//
// A slot is 32 bits: 16 check bits of the context's hash, then four counts of 0..15; when one would
// pass 15 all four are halved first. A hash names a line of 16 slots (one cache line), filled from
// its front. A new context that finds the line full takes the place of one there that was seen
// once, the first from a slot on that its hash names; where all were seen more often it is not
// counted. A wrong context passes the check with probability below 16 / 65,536. The hash is frozen:
// the same bases in the same order give the same table everywhere.
//
//   HashedCounts counts(16, 27'000'000);   // at most 2^26 slots (268 MB), fewer for a small genome
//   counts.add(bases, 0, length);
//   std::array<std::uint32_t, 4> n = counts.find(context);   // zeros where it is not there
#include <array>
#include <cstdint>

#include "baselines/kmer.hpp"
#include "baselines/large_table.hpp"

namespace dna_hnet::baselines {

class HashedCounts {
  public:
    // `bases`: how many bases will be counted; sets the number of slots.
    HashedCounts(int order, std::int64_t bases);
    int order() const { return order_; }
    // As OrderCounts::add; both strands.
    void add(const genome::Base* bases, std::int64_t lead, std::int64_t length);
    std::array<std::uint32_t, 4> find(std::uint64_t context) const;
    void prefetch(std::uint64_t context) const;

  private:
    struct alignas(64) Line {
        std::array<std::uint32_t, 16> slots;
    };
    void count(std::uint64_t hash, unsigned letter);

    int order_;
    int line_bits_;
    LargeTable<Line> lines_;
};

}  // namespace dna_hnet::baselines
