#include "batch/window_sampler.hpp"

#include <cmath>
#include <map>

#include "support/test.hpp"

using namespace dna_hnet;
using batch::WindowSampler;
using genome::Interval;

namespace {

// 0: longer than a window, 1: exactly one, 2 and 3: shorter, on other contigs.
const std::vector<Interval> kPieces = {{0, 100, 400}, {0, 1000, 1050}, {1, 0, 30}, {2, 7, 8}};
constexpr std::int64_t kContext = 50, kWindows = 40000;

std::size_t piece_of(const Interval& window) {
    for (std::size_t i = 0; i < kPieces.size(); ++i) {
        const Interval& piece = kPieces[i];
        if (piece.contig == window.contig && piece.begin <= window.begin && window.end <= piece.end)
            return i;
    }
    FAIL("a window crosses an edge: " << window.contig << ":" << window.begin << "-" << window.end);
    return 0;
}

}  // namespace

TEST_CASE("windows lie inside pieces, reach every base, and take pieces by length") {
    const WindowSampler sampler(kPieces, kContext, 0.25, 5);
    std::vector<std::int64_t> count(kPieces.size());
    std::map<std::int64_t, std::int64_t> starts;
    std::int64_t reverse = 0;
    for (std::int64_t n = 0; n < kWindows; ++n) {
        const auto window = sampler.window(n);
        const std::size_t piece = piece_of(window.interval);
        CHECK(window.interval.length() == std::min(kContext, kPieces[piece].length()));
        ++count[piece];
        if (piece == 0) ++starts[window.interval.begin];
        reverse += window.strand == genome::Strand::reverse;
    }
    const double bases = 381;
    for (std::size_t i = 0; i < kPieces.size(); ++i) {
        const double expected = kWindows * static_cast<double>(kPieces[i].length()) / bases;
        CHECK(std::abs(static_cast<double>(count[i]) - expected) < 5 * std::sqrt(expected) + 1);
    }
    // Every start at which a window fits, each about equally often.
    CHECK(starts.size() == 251);
    CHECK(starts.begin()->first == 100);
    CHECK(starts.rbegin()->first == 350);
    const double each = static_cast<double>(count[0]) / 251;
    for (const auto& [start, times] : starts)
        CHECK(std::abs(static_cast<double>(times) - each) < 6 * std::sqrt(each));
    CHECK(std::abs(static_cast<double>(reverse) / kWindows - 0.25) < 0.015);
}

TEST_CASE("a window is a function of seed and number alone") {
    const WindowSampler one(kPieces, kContext, 0.5, 5), same(kPieces, kContext, 0.5, 5),
        other(kPieces, kContext, 0.5, 6);
    int differing = 0;
    for (std::int64_t n = 999; n >= 0; --n) {  // in another order
        CHECK(one.window(n) == same.window(n));
        differing += one.window(n) != other.window(n);
    }
    CHECK(differing > 900);
    CHECK(one.window(1LL << 40) == same.window(1LL << 40));
}

TEST_CASE("nothing to train on is refused") {
    const Error error = test::error_of([] { WindowSampler({}, kContext, 0, 1); });
    CHECK(error.kind() == ErrorKind::bad_input);
    CHECK(test::contains(error.what(), "nothing to train on"));
}
