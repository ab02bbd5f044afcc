#include "support/test.hpp"

#include "baselines/copy_model.hpp"
#include "memory_reference.hpp"

using namespace dna_hnet;
using namespace dna_hnet::baselines;
using test::Bases;

namespace {

struct Tally {
    int predicted = 0, right = 0;
};

// Predictions of the bases from `from` on.
Tally run_from(const Bases& bases, std::size_t from) {
    CopyModel copy(bases.data(), static_cast<std::int64_t>(bases.size()), CopyTable());
    Tally tally;
    for (std::size_t i = 0; i < bases.size(); ++i) {
        const CopyPrediction prediction = copy.predict();
        if (i >= from && prediction.letter >= 0) {
            ++tally.predicted;
            tally.right += prediction.letter == genome::base_code(bases[i]);
        }
        copy.read(static_cast<std::int64_t>(i));
    }
    return tally;
}

Bases joined(std::vector<Bases> parts) {
    Bases all;
    for (const Bases& part : parts) all.insert(all.end(), part.begin(), part.end());
    return all;
}

}  // namespace

TEST_CASE("a repeat is followed to its end, on the same and on the other strand") {
    const Bases unit = test::random_bases(300, 1), spacer = test::random_bases(100, 2);
    const Tally same = run_from(joined({unit, spacer, unit}), 400 + 24);
    CHECK(same.predicted == 276);
    CHECK(same.right == 276);
    const Tally other =
        run_from(joined({unit, spacer, test::reverse_complemented(unit)}), 400 + 24);
    CHECK(other.predicted == 276);
    CHECK(other.right == 276);
}

TEST_CASE("a match survives a substitution") {
    const Bases unit = test::random_bases(300, 1);
    Bases changed = unit;
    changed[150] = (changed[150] + 1) & 3;
    const Tally tally = run_from(joined({unit, changed}), 300 + 24);
    CHECK(tally.predicted == 276);
    CHECK(tally.right == 275);
}

TEST_CASE("the most recent copy wins, a longer one replaces it") {
    // The 12-mer w is followed by C early and by G later; x w is followed by C.
    const Bases w = test::random_bases(12, 5), x = test::random_bases(30, 6);
    const auto next = [&](const Bases& bases) {
        CopyModel copy(bases.data(), static_cast<std::int64_t>(bases.size()), CopyTable());
        for (std::size_t i = 0; i < bases.size(); ++i) copy.read(static_cast<std::int64_t>(i));
        return copy.predict();
    };
    const Bases gap = test::encoded("N");
    const CopyPrediction recent =
        next(joined({w, test::encoded("C"), gap, w, test::encoded("G"), gap, w}));
    CHECK(recent.letter == genome::kG);
    CHECK(recent.matched == 12);
    const CopyPrediction longest =
        next(joined({x, w, test::encoded("C"), gap, w, test::encoded("G"), gap, x, w}));
    CHECK(longest.letter == genome::kC);
    CHECK(longest.matched == 32);
}

TEST_CASE("nothing is predicted from N, from the future or without a match") {
    const Bases unit = test::random_bases(7, 1);
    CHECK(run_from(joined({unit, test::encoded("NNN"), unit}), 0).predicted == 0);
    // Causal: what follows cannot change a prediction.
    const Bases repeat = joined({test::random_bases(200, 1), test::random_bases(200, 1)});
    const Bases prefix(repeat.begin(), repeat.begin() + 300);
    CopyModel whole(repeat.data(), 400, CopyTable()), part(prefix.data(), 300, CopyTable());
    for (std::int64_t i = 0; i < 300; ++i) {
        const CopyPrediction a = whole.predict(), b = part.predict();
        REQUIRE(a.letter == b.letter);
        REQUIRE(a.hit == b.hit);
        whole.read(i);
        part.read(i);
    }
}

TEST_CASE("the table keeps its shares when it forgets") {
    CopyTable table;
    for (int i = 0; i < 1000; ++i) table.learn(5, i % 10 != 0);
    const float before = table.hit_probability(5);
    table.forget_down_to(64);
    CHECK(table.hit_probability(5) == Approx(before).margin(0.005));
    for (int i = 0; i < 64; ++i) table.learn(5, false);
    CHECK(table.hit_probability(5) < 0.5);
    CHECK(table.hit_probability(6) < 1);
    CHECK(table.hit_probability(6) > 0);
}
