#include "annotation/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/random.hpp"
#include "support/test.hpp"

using namespace dna_hnet;
using namespace dna_hnet::annotation;

TEST_CASE("log2 fold is finite where nothing was seen or expected") {
    CHECK(log2_fold(3.5, 1.5) == 1);
    CHECK(log2_fold(0, 0) == 0);
    CHECK(log2_fold(0, 7.5) == -4);
}

TEST_CASE("block bootstrap: what a resample holds, and when it is no interval") {
    const auto range = BlockBootstrap(5, 3).log2_fold_range({8, 8, 8, 8, 8}, {4, 4, 4, 4, 4});
    CHECK(range.low == Approx(log2_fold(40, 20)));
    CHECK(range.high == Approx(log2_fold(40, 20)));
    // Five blocks, one unlike the others: it is drawn not at all in 33 % of the resamples, and
    // three times or more in 6 %.
    const std::vector<double> observed{0, 8, 8, 8, 8}, expected{8, 8, 8, 8, 8};
    const auto one = BlockBootstrap(5, 3).log2_fold_range(observed, expected);
    CHECK(one.high == Approx(log2_fold(40, 40)));
    CHECK(one.low == Approx(log2_fold(16, 40)));
    const auto again = BlockBootstrap(5, 3).log2_fold_range(observed, expected);
    CHECK(again.low == one.low);
    CHECK(std::isnan(BlockBootstrap(4, 3).log2_fold_range({8, 8, 8, 8}, {4, 4, 4, 4}).low));
    CHECK(std::isnan(BlockBootstrap(0, 3).log2_fold_range({}, {}).high));
}

TEST_CASE("block bootstrap of rare features: blocks without one are no evidence of no effect") {
    // 100 blocks, features in a few of them, all with the same fold. A resample without any of them
    // would have a fold of 1.
    std::vector<double> observed(100), expected(100);
    for (std::size_t block = 0; block < 4; ++block)
        observed[10 * block] = 200, expected[10 * block] = 100;
    CHECK(std::isnan(BlockBootstrap(100, 3).log2_fold_range(observed, expected).low));
    observed[50] = 200, expected[50] = 100;
    const auto range = BlockBootstrap(100, 3).log2_fold_range(observed, expected);
    CHECK(range.low == Approx(1).margin(0.01));
    CHECK(range.high == Approx(1).margin(0.01));
}

TEST_CASE("block bootstrap of many blocks is as wide as the delta method says") {
    constexpr std::size_t kBlocks = 400;
    Random random(2, 2);
    std::vector<double> observed(kBlocks), expected(kBlocks);
    for (std::size_t b = 0; b < kBlocks; ++b) {
        expected[b] = 50 + 100 * random.uniform();
        observed[b] = std::round(1.3 * expected[b] + 20 * random.normal());
    }
    const double sum = std::accumulate(observed.begin(), observed.end(), 0.0);
    const double null_sum = std::accumulate(expected.begin(), expected.end(), 0.0);
    double squares = 0;
    for (std::size_t b = 0; b < kBlocks; ++b) {
        const double d = observed[b] - sum / null_sum * expected[b];
        squares += d * d;
    }
    const double deviation = std::sqrt(squares) / sum / std::log(2.0);
    const auto range = BlockBootstrap(kBlocks, 7).log2_fold_range(observed, expected);
    CHECK((range.high - range.low) / (2 * 1.96 * deviation) == Approx(1).margin(0.1));
    CHECK((range.high + range.low) / 2 == Approx(log2_fold(sum, null_sum)).margin(deviation / 4));
}

TEST_CASE("p is two-sided about the mean of draws and observation, and never 0") {
    std::vector<double> draws(99);
    std::iota(draws.begin(), draws.end(), 0.0);          // 0 .. 98
    CHECK(two_sided_test(99, draws).p == Approx(0.02));  // 0 is as far from 49.5
    CHECK(two_sided_test(1000, draws).p == Approx(0.01));
    CHECK(two_sided_test(-1000, draws).p == Approx(0.01));
    CHECK(two_sided_test(49, draws).p == 1);
    CHECK(two_sided_test(49 + 2 * std::sqrt(825.0), draws).z ==
          Approx(2));  // variance 99 * 100 / 12
    CHECK(std::isnan(two_sided_test(3, {}).p));
    CHECK(std::isnan(two_sided_test(3, {2, 2, 2}).z));
}

TEST_CASE("p of an observation that is one of the draws is uniform") {
    // Any of the n + 1 numbers may be the observed one: p <= k / (n + 1) for k of them.
    Random random(5, 5);
    std::vector<double> all(40);
    for (double& value : all) value = random.exponential();
    std::vector<double> found;
    for (std::size_t i = 0; i < all.size(); ++i) {
        std::vector<double> draws = all;
        draws.erase(draws.begin() + static_cast<std::ptrdiff_t>(i));
        found.push_back(two_sided_test(all[i], draws).p);
    }
    std::sort(found.begin(), found.end());
    for (std::size_t k = 0; k < found.size(); ++k) {
        CHECK(found[k] == Approx(static_cast<double>(k + 1) / 40));
    }
}

TEST_CASE("q is not below p, keeps its order, and passes over missing values") {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const auto q = benjamini_hochberg({0.04, nan, 0.01, 0.03, 0.9});
    CHECK(q[0] == Approx(0.04 * 4 / 3));
    CHECK(std::isnan(q[1]));
    CHECK(q[2] == Approx(0.04));
    CHECK(q[3] == Approx(0.04 * 4 / 3));  // 0.03 * 4 / 2 is more than the next one's
    CHECK(q[4] == Approx(0.9));
}
