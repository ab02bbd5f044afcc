#pragma once
// How many of a stream of intervals cover each base: what a bigBed's summary and zoom levels hold.
// In memory stay the ends of the intervals that are open at a time.
#include <cstdint>
#include <functional>
#include <queue>
#include <vector>

namespace dna_hnet::tracks {

class CoverageDepth {
  public:
    // Bases of [begin, end) that `depth` intervals cover, from 1.
    using Use = std::function<void(std::uint32_t contig, std::uint32_t begin, std::uint32_t end,
                                   std::uint32_t depth)>;
    explicit CoverageDepth(Use use) : use_(std::move(use)) {}

    // Sorted by contig and begin, begin < end. Hands on what lies before `begin`.
    void add(std::uint32_t contig, std::uint32_t begin, std::uint32_t end);
    void finish();  // hands on the rest

  private:
    void advance(std::uint32_t to);  // what ends before `to` is closed
    void cover(std::uint32_t to);    // bases [position_, to) have the present depth

    Use use_;
    std::priority_queue<std::uint32_t, std::vector<std::uint32_t>, std::greater<>> ends_;
    std::uint32_t contig_ = 0, position_ = 0;
};

}  // namespace dna_hnet::tracks
