#pragma once
// Coverage depth of a stream of intervals, in all and in windows: what a bigBed's summary and zoom
// levels hold. Memory is bounded: past kMostWindows the windows become twice as wide.
#include <cstdint>
#include <functional>
#include <queue>
#include <vector>

namespace dna_hnet::tracks {

// Of the bases that at least one interval covers.
struct DepthSums {
    std::uint64_t bases = 0;
    double smallest = 0, largest = 0, sum = 0, sum_of_squares = 0;  // of the depth

    void add(std::uint64_t count, double depth);
    void add(const DepthSums& other);
};

struct ZoomWindow {
    std::uint32_t contig = 0, number = 0;  // covers [number * width, (number + 1) * width)
    DepthSums depth;
};

struct ZoomLevel {
    std::uint32_t width = 0;
    std::vector<ZoomWindow> windows;  // ascending; those that something covers

    void widen(std::uint32_t factor);
};

class CoverageZoom {
  public:
    static constexpr std::uint32_t kFirstWidth = 256;
    static constexpr std::size_t kMostWindows = std::size_t{1} << 18;
    static constexpr std::size_t kMostLevels = 10;

    explicit CoverageZoom(std::size_t most_windows = kMostWindows) : most_windows_(most_windows) {}

    // Sorted by contig and begin, begin < end.
    void add(std::uint32_t contig, std::uint32_t begin, std::uint32_t end);
    // Ends the stream.
    void finish();
    const DepthSums& total() const { return total_; }
    // From fine to coarse, each four times as wide as the one before, as long as there are fewer
    // windows each time. None where nothing was added.
    std::vector<ZoomLevel> levels() const;

  private:
    void advance(std::uint32_t to);  // what ends before `to` is closed
    void cover(std::uint32_t to);    // bases [position_, to) have the present depth

    std::size_t most_windows_;
    std::priority_queue<std::uint32_t, std::vector<std::uint32_t>, std::greater<>> ends_;
    std::uint32_t contig_ = 0, position_ = 0;
    DepthSums total_;
    ZoomLevel finest_{kFirstWidth, {}};
};

}  // namespace dna_hnet::tracks
