#include <cmath>
#include <thread>

#include "support/test.hpp"

#include "baselines/baseline_set.hpp"
#include "memory_reference.hpp"

using namespace dna_hnet;
using namespace dna_hnet::baselines;
using test::Bases;
using test::MemoryReference;

namespace {

BaselineSet fitted(const Bases& train, const BaselineOptions& options = {}) {
    MemoryReference reference({train});
    return BaselineSet::fit(reference, reference.everything(), options);
}

std::vector<float> scored(const BaselineSet& set, const Bases& bases) {
    std::vector<float> bits(set.names().size() * bases.size(), -1.0F);
    set.score(bases.data(), static_cast<std::int64_t>(bases.size()), bits.data());
    return bits;
}

double mean_of_row(const std::vector<float>& bits, std::size_t row, std::size_t length) {
    double sum = 0;
    for (std::size_t i = 0; i < length; ++i) sum += static_cast<double>(bits[row * length + i]);
    return sum / static_cast<double>(length);
}

// Random sequence full of copies of a few families, each copy with 10 % of its bases changed, half
// of them on the other strand.
Bases repetitive(std::int64_t length, std::uint64_t stream) {
    std::vector<Bases> families;
    for (std::uint64_t family = 0; family < 20; ++family)
        families.push_back(test::random_bases(300, 100 + family));
    Random random(9, stream);
    Bases bases;
    while (static_cast<std::int64_t>(bases.size()) < length) {
        const Bases unique = test::random_bases(300, 1000 + 100 * stream + bases.size());
        Bases copy = families[random.below(20)];
        if (random.chance(0.5)) copy = test::reverse_complemented(copy);
        for (genome::Base& base : copy) {
            if (random.chance(0.1)) base = static_cast<genome::Base>(random.below(4));
        }
        bases.insert(bases.end(), unique.begin(), unique.end());
        bases.insert(bases.end(), copy.begin(), copy.end());
    }
    bases.resize(static_cast<std::size_t>(length));
    return bases;
}

constexpr std::size_t kMix = 13, kCopy = 14, kMixCopy = 15;

}  // namespace

TEST_CASE("order k is its formula, worked by hand") {
    // AACAG and its reverse complement CTGTT: 10 letters: A 3, C 2, G 2, T 3. After A: A, C, G.
    // After C: A, T. After G: T. After T: G, T.
    const BaselineSet set = fitted(test::encoded("AACAG"), {true, false, 1});
    CHECK(set.names().size() == 13);
    CHECK(set.names()[9] == "order9");
    const Bases bases = test::encoded("CANAC");
    const std::vector<float> bits = scored(set, bases);
    const auto at = [&](std::size_t row, std::size_t i) {
        return static_cast<double>(bits[row * 5 + i]);
    };
    for (const std::size_t i : {0, 1, 3, 4}) {
        const bool a = i == 1 || i == 3;
        CHECK(at(0, i) == Approx(-std::log2((a ? 4.0 : 3.0) / 14)));
    }
    CHECK(at(1, 0) == Approx(-std::log2(3.0 / 14)));  // backs off to order 0
    CHECK(at(1, 1) == Approx(-std::log2(2.0 / 6)));   // A after C
    CHECK(at(1, 4) == Approx(-std::log2(2.0 / 7)));   // C after A
    CHECK(at(2, 4) ==
          Approx(-std::log2(2.0 / 7)));  // backs off to order 1: the run restarts after N
    CHECK(at(12, 4) == Approx(-std::log2(1.25 / 4)));  // the same with +0.25
    for (std::size_t row = 0; row < 13; ++row) CHECK(at(row, 2) == 0);
}

TEST_CASE("every row is a probability over the four letters, and causal") {
    const BaselineSet set = fitted(repetitive(300000, 1));
    REQUIRE(set.names()[kMix] == "mix");
    REQUIRE(set.names()[kCopy] == "copy");
    REQUIRE(set.names()[kMixCopy] == "mix+copy");
    Bases bases = repetitive(1200, 2);
    bases.insert(bases.end(), bases.begin() + 100, bases.begin() + 400);
    const std::vector<float> whole = scored(set, bases);
    for (const std::size_t length : {1UL, 5UL, 30UL, 600UL, 1210UL, 1300UL, 1499UL}) {
        Bases prefix(bases.begin(), bases.begin() + static_cast<std::int64_t>(length));
        std::vector<double> sums(set.names().size());
        for (genome::Base letter = 0; letter < 4; ++letter) {
            prefix.back() = letter;
            const std::vector<float> bits = scored(set, prefix);
            for (std::size_t row = 0; row < sums.size(); ++row) {
                sums[row] += std::exp2(-static_cast<double>(bits[row * length + length - 1]));
                for (std::size_t i = 0; i + 1 < length; ++i)
                    REQUIRE(bits[row * length + i] == whole[row * bases.size() + i]);
            }
        }
        for (const double sum : sums) CHECK(sum == Approx(1).margin(1e-4));
    }
}

TEST_CASE(
    "mix beats every order where there is something to learn; copy finds what training has not") {
    const BaselineSet set = fitted(repetitive(1'000'000, 1));
    const Bases bases = repetitive(20000, 2);
    const std::vector<float> bits = scored(set, bases);
    double best = 9;
    for (std::size_t order = 0; order <= 12; ++order)
        best = std::min(best, mean_of_row(bits, order, bases.size()));
    CHECK(mean_of_row(bits, kMix, bases.size()) < best - 0.04);

    const Bases unit = test::random_bases(500, 77);
    Bases twice = unit;
    twice.insert(twice.end(), unit.begin(), unit.end());
    const std::vector<float> repeat = scored(set, twice);
    CHECK(mean_of_row(repeat, kMix, 1000) > 1.8);
    CHECK(mean_of_row(repeat, kCopy, 1000) < 1.4);
    CHECK(mean_of_row(repeat, kMixCopy, 1000) < 1.4);
}

TEST_CASE("the weights do not trust what only the training bases know") {
    // Nothing can be learned from random bases: order 12 is misled by its sparse counts, the mix
    // must not be.
    const BaselineSet set = fitted(test::random_bases(2'000'000, 1));
    const Bases bases = test::random_bases(50000, 2);
    const std::vector<float> bits = scored(set, bases);
    CHECK(mean_of_row(bits, 12, bases.size()) > 2.05);
    CHECK(mean_of_row(bits, kMix, bases.size()) < 2.01);
    CHECK(mean_of_row(bits, kMixCopy, bases.size()) < 2.01);
}

TEST_CASE("the strand of the training bases, soft-masking and the threads change nothing") {
    const Bases train = repetitive(200000, 1), bases = repetitive(3000, 2);
    Bases masked = bases;
    for (genome::Base& base : masked) base |= genome::kSoftMasked;
    const BaselineSet one = fitted(train), four = fitted(train, {true, true, 4});
    const std::vector<float> expected = scored(one, bases);
    CHECK(scored(four, bases) == expected);
    CHECK(scored(one, masked) == expected);
    const std::vector<float> reverse =
        scored(fitted(test::reverse_complemented(train), {true, false, 1}), bases);
    CHECK(std::equal(reverse.begin(), reverse.end(), expected.begin()));

    std::vector<std::vector<float>> results(3);
    std::vector<std::thread> threads;
    for (std::vector<float>& result : results)
        threads.emplace_back([&] { result = scored(one, bases); });
    for (std::thread& thread : threads) thread.join();
    for (const std::vector<float>& result : results) CHECK(result == expected);
}

TEST_CASE("overlapping intervals are counted once; N only, empty and one-base sequences work") {
    const Bases train = repetitive(30000, 1), bases = repetitive(500, 2);
    MemoryReference reference({train});
    const BaselineSet parts =
        BaselineSet::fit(reference, {{0, 10000, 30000}, {0, 0, 20000}}, {true, true, 2});
    CHECK(scored(parts, bases) == scored(fitted(train), bases));
    const std::vector<float> unknown = scored(parts, Bases(100, genome::kN));
    CHECK(std::all_of(unknown.begin(), unknown.end(), [](float bits) { return bits == 0; }));
    parts.score(nullptr, 0, nullptr);
    for (const float bits : scored(parts, Bases(1, genome::kG))) CHECK((bits > 1 && bits < 3));
}

TEST_CASE("fit and best_order refuse what they cannot do") {
    MemoryReference reference({test::random_bases(100, 1)});
    const Error none = test::error_of([&] { BaselineSet::fit(reference, {}, {}); });
    CHECK(none.kind() == ErrorKind::usage);
    CHECK(test::contains(none.what(), "memory.fa: no training bases, expected at least one"));
    const Error threads = test::error_of([&] {
        BaselineSet::fit(reference, reference.everything(), {true, true, 0});
    });
    CHECK(test::contains(threads.what(), "0 threads, expected at least 1"));
    const Error large = test::error_of([&] {
        BaselineSet::fit(reference, {{0, 0, 5'000'000'000}}, {});
    });
    CHECK(large.kind() == ErrorKind::bad_input);
    CHECK(test::contains(large.what(), "5000000000 training bases, expected at most 4294967295"));
    CHECK(best_order({1.99, 1.9, 1.8, 1.8, 1.85}) == 2);
    CHECK(test::error_of([] { best_order({}); }).kind() == ErrorKind::usage);
}
