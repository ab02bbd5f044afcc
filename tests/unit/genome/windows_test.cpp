#include "genome/windows.hpp"

#include <algorithm>
#include <map>

#include "core/random.hpp"
#include "support/test.hpp"

using namespace dna_hnet;
using namespace dna_hnet::genome;

namespace {

std::vector<Interval> random_segments(Random& random, std::int64_t length) {
    std::vector<Interval> segments;
    std::int64_t at = static_cast<std::int64_t>(random.below(3)) * 4;
    while (at < length) {
        const std::int64_t end =
            std::min(length, at + 1 + static_cast<std::int64_t>(random.below(40)));
        segments.push_back({0, at, end});
        at = end + 1 +
             static_cast<std::int64_t>(random.below(30));  // shorter gaps than real ones: harder
    }
    return segments;
}

// The sequence of one forward base, from the definition alone.
Sequence sequence_of_base(const WindowGrid& grid, std::int64_t base, std::int64_t length,
                          const Interval& segment) {
    const std::int64_t k = base / grid.step;
    Sequence sequence;
    sequence.window = k;
    sequence.read = {0, std::max({std::int64_t{0}, k * grid.step - grid.warmup, segment.begin}),
                     std::min({length, (k + 1) * grid.step, segment.end})};
    sequence.yields = {0, std::max(k * grid.step, segment.begin), sequence.read.end};
    return sequence;
}

Interval mirror(const Interval& interval, std::int64_t length) {
    return {interval.contig, length - interval.end, length - interval.begin};
}

}  // namespace

TEST_CASE("the window grid of the contract") {
    const WindowGrid grid = window_grid(8);
    CHECK(grid.warmup == 2);
    CHECK(grid.step == 6);
    const auto sequences = window_sequences(grid, {0, 0, 10}, 10, {{0, 0, 10}}, Strand::forward);
    REQUIRE(sequences.size() == 2);
    CHECK(sequences[0] == Sequence{{0, 0, 6}, {0, 0, 6}, Strand::forward, 0});
    CHECK(sequences[1] == Sequence{{0, 4, 10}, {0, 6, 10}, Strand::forward, 1});
    const auto reverse = window_sequences(grid, {0, 0, 10}, 10, {{0, 0, 10}}, Strand::reverse);
    REQUIRE(reverse.size() == 2);
    CHECK(reverse[0] == Sequence{{0, 4, 10}, {0, 4, 10}, Strand::reverse, 0});
    CHECK(reverse[1] == Sequence{{0, 0, 6}, {0, 0, 4}, Strand::reverse, 1});
    CHECK(test::error_of([] { window_grid(7); }).kind() == ErrorKind::usage);
    CHECK(test::error_of([&] {
              window_sequences(grid, {0, 0, 11}, 10, {}, Strand::forward);
          }).kind() == ErrorKind::bad_input);
}

TEST_CASE("a gap splits a window, and what lies in the warm-up alone is dropped") {
    const WindowGrid grid = window_grid(16);  // warm-up 4, step 12
    // Window 1 reads [8, 24), yields [12, 24): [8,10) is warm-up only, [14,18) and [20,24) are
    // sequences of their own.
    const std::vector<Interval> segments = {{0, 0, 10}, {0, 14, 18}, {0, 20, 30}};
    const auto sequences = window_sequences(grid, {0, 12, 24}, 30, segments, Strand::forward);
    REQUIRE(sequences.size() == 2);
    CHECK(sequences[0] == Sequence{{0, 14, 18}, {0, 14, 18}, Strand::forward, 1});
    CHECK(sequences[1] == Sequence{{0, 20, 24}, {0, 20, 24}, Strand::forward, 1});
    // Only the piece that the region touches; the whole piece.
    const auto touched = window_sequences(grid, {0, 23, 24}, 30, segments, Strand::forward);
    REQUIRE(touched.size() == 1);
    CHECK(touched[0].yields == Interval{0, 20, 24});
    CHECK(window_sequences(grid, {0, 10, 14}, 30, segments, Strand::forward).empty());  // gap only
    CHECK(window_sequences(grid, {0, 20, 20}, 30, segments, Strand::forward)
              .empty());  // empty region
}

TEST_CASE("yields tile the segments, whatever region is asked, on both strands") {
    Random random(3, 1);
    for (int round = 0; round < 1000; ++round) {
        const auto length = 1 + static_cast<std::int64_t>(random.below(250));
        const WindowGrid grid = window_grid(8 + static_cast<std::int64_t>(random.below(60)));
        const auto segments = random_segments(random, length);
        const Interval whole{0, 0, length};
        const auto forward = window_sequences(grid, whole, length, segments, Strand::forward);

        // Each base once, in the sequence that the definition names.
        std::map<std::int64_t, Sequence> by_base;
        std::int64_t last_begin = -1;
        for (const Sequence& sequence : forward) {
            REQUIRE(sequence.yields.begin > last_begin);
            last_begin = sequence.yields.begin;
            for (std::int64_t at = sequence.yields.begin; at < sequence.yields.end; ++at) {
                REQUIRE(by_base.emplace(at, sequence).second);
            }
        }
        REQUIRE(static_cast<std::int64_t>(by_base.size()) == total_length(segments));
        for (const Interval& segment : segments) {
            for (std::int64_t at = segment.begin; at < segment.end; ++at) {
                REQUIRE(by_base.at(at) == sequence_of_base(grid, at, length, segment));
            }
        }

        // Reverse = forward of the mirrored contig, mirrored.
        std::vector<Interval> mirrored;
        for (auto s = segments.rbegin(); s != segments.rend(); ++s)
            mirrored.push_back(mirror(*s, length));
        auto expected = window_sequences(grid, whole, length, mirrored, Strand::forward);
        for (Sequence& sequence : expected) {
            sequence.read = mirror(sequence.read, length);
            sequence.yields = mirror(sequence.yields, length);
            sequence.strand = Strand::reverse;
        }
        const auto reverse = window_sequences(grid, whole, length, segments, Strand::reverse);
        REQUIRE(reverse == expected);

        // A region gives exactly those of the whole that touch it.
        const auto begin =
            static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(length)));
        const auto end = begin + static_cast<std::int64_t>(
                                     random.below(static_cast<std::uint64_t>(length - begin + 1)));
        for (const auto& [strand, all] :
             {std::pair(Strand::forward, forward), std::pair(Strand::reverse, reverse)}) {
            std::vector<Sequence> touching;
            for (const Sequence& sequence : all) {
                if (sequence.yields.begin < end && sequence.yields.end > begin)
                    touching.push_back(sequence);
            }
            if (begin == end) touching.clear();
            REQUIRE(window_sequences(grid, {0, begin, end}, length, segments, strand) == touching);
        }
    }
}
