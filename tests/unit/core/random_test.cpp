#include "core/random.hpp"

#include <cmath>
#include <vector>

#include "support/test.hpp"

using namespace dna_hnet;

TEST_CASE("Philox4x32-10: the published known answers") {
    using Words = std::array<std::uint32_t, 4>;
    CHECK(philox4x32({0, 0, 0, 0}, {0, 0}) ==
          Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
    CHECK(philox4x32({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, {0xffffffff, 0xffffffff}) ==
          Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
    CHECK(philox4x32({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}) ==
          Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

TEST_CASE("a number depends on seed, stream and counter alone") {
    Random all(7, 3);
    CHECK(Random(0, 0).next_u64() == 0xe169c58d6627e8d5);
    std::vector<std::uint64_t> numbers;
    for (int i = 0; i < 20; ++i) numbers.push_back(all.next_u64());
    CHECK(all.counter() == 20);
    Random resumed(7, 3, 12);
    CHECK(resumed.next_u64() == numbers[12]);
    CHECK(Random(7, 4).next_u64() != numbers[0]);
    CHECK(Random(8, 3).next_u64() != numbers[0]);
    CHECK(Random(7, 3, std::uint64_t{1} << 32).next_u64() != numbers[0]);
    CHECK(Random(7, 3 + (std::uint64_t{1} << 32)).next_u64() != numbers[0]);
    CHECK(Random(7 + (std::uint64_t{1} << 32), 3).next_u64() != numbers[0]);
}

TEST_CASE("distributions have the moments that they should") {
    Random random(1, 0);
    constexpr int kCount = 200000;
    double uniform = 0, normal = 0, normal2 = 0, exponential = 0, chances = 0;
    for (int i = 0; i < kCount; ++i) {
        const double u = random.uniform();
        REQUIRE((u >= 0 && u < 1));
        uniform += u;
        const double n = random.normal();
        REQUIRE(std::isfinite(n));
        normal += n;
        normal2 += n * n;
        const double e = random.exponential();
        REQUIRE((e >= 0 && std::isfinite(e)));
        exponential += e;
        chances += random.chance(0.25) ? 1 : 0;
    }
    // Four standard errors each.
    const double root = std::sqrt(double{kCount});
    CHECK(std::abs(uniform / kCount - 0.5) < 4 * std::sqrt(1.0 / 12) / root);
    CHECK(std::abs(normal / kCount) < 4 / root);
    CHECK(std::abs(normal2 / kCount - 1) < 4 * std::sqrt(2.0) / root);
    CHECK(std::abs(exponential / kCount - 1) < 4 / root);
    CHECK(std::abs(chances / kCount - 0.25) < 4 * std::sqrt(0.1875) / root);
    CHECK_FALSE(random.chance(0));
    CHECK(random.chance(1));
}

TEST_CASE("below is uniform and inside its bound") {
    Random random(2, 0);
    std::vector<double> counts(7);
    for (int i = 0; i < 70000; ++i) ++counts.at(random.below(7));
    double chi2 = 0;
    for (const double count : counts) chi2 += (count - 10000) * (count - 10000) / 10000;
    CHECK(chi2 < 27.9);  // 6 degrees of freedom, p = 1e-4
    CHECK(random.below(1) == 0);
    // A bound just above 2^63 would show a modulo's bias: half of the numbers must be rejected, and
    // the mean is half the bound.
    const std::uint64_t bound = (std::uint64_t{1} << 63) + 1;
    double mean = 0;
    for (int i = 0; i < 20000; ++i) {
        const std::uint64_t value = random.below(bound);
        REQUIRE(value < bound);
        mean += static_cast<double>(value) / static_cast<double>(bound);
    }
    CHECK(std::abs(mean / 20000 - 0.5) < 4 * std::sqrt(1.0 / 12 / 20000));
}
