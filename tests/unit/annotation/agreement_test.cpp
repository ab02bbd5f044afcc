#include "annotation/agreement.hpp"

#include <cmath>
#include <set>

#include "core/random.hpp"
#include "support/base_marks.hpp"
#include "support/test.hpp"

using namespace dna_hnet;
using namespace dna_hnet::annotation;
using genome::Interval;
using genome::Strand;

namespace {

std::vector<genome::Base> random_bases(std::int64_t count) {
    Random random(7, 1);
    std::vector<genome::Base> bases(static_cast<std::size_t>(count));
    for (auto& base : bases) base = static_cast<genome::Base>(random.below(4));
    return bases;
}

// Boundaries drawn base by base, where the base is C more often.
std::vector<std::int64_t> drawn(const std::vector<genome::Base>& bases, std::uint64_t seed) {
    Random random(seed, 2);
    std::vector<std::int64_t> cuts;
    for (std::size_t i = 0; i < bases.size(); ++i) {
        if (random.below(10) < (bases[i] == genome::kC ? 6U : 1U)) {
            cuts.push_back(static_cast<std::int64_t>(i));
        }
    }
    return cuts;
}

}  // namespace

TEST_CASE("agreement counts the bases that both tracks score, either direction and shift") {
    const auto bases = random_bases(300'000);
    const std::vector<std::int64_t> a = drawn(bases, 1), b = drawn(bases, 2);
    const std::vector<Interval> up{{0, 10, 150'000}, {0, 200'000, 299'000}};
    const std::vector<Interval> down{{0, 0, 140'000}, {0, 190'000, 300'000}};
    const std::vector<std::int64_t> block{0, 1, 2};
    for (const std::int64_t shift : {0, 1}) {
        Agreement agreement(3);
        agreement.add(contig_signal(Strand::forward, up, bases, test::marks_at(a, 300'000), {}),
                      contig_signal(Strand::reverse, down, bases, test::marks_at(b, 300'000), {}),
                      shift, block.data());
        const std::set<std::int64_t> first(a.begin(), a.end()), second(b.begin(), b.end());
        double n = 0, in_first = 0, in_second = 0, both = 0;
        const auto inside = [](const std::vector<Interval>& places, std::int64_t x) {
            return (x >= places[0].begin && x < places[0].end) ||
                   (x >= places[1].begin && x < places[1].end);
        };
        for (std::int64_t x = 0; x < 300'000; ++x) {
            if (!inside(up, x) || !inside(down, x - shift)) continue;
            const bool one = first.count(x) > 0, other = second.count(x - shift) > 0;
            n += 1;
            in_first += one;
            in_second += other;
            both += one && other;
        }
        CHECK(agreement.bases() == n);
        CHECK(agreement.first() == in_first);
        CHECK(agreement.second() == in_second);
        CHECK(agreement.both() == both);
        const double seen = (n - in_first - in_second + 2 * both) / n;
        const double chance =
            in_first / n * in_second / n + (1 - in_first / n) * (1 - in_second / n);
        CHECK(agreement.kappa(Chance::rate) == Approx((seen - chance) / (1 - chance)));
    }
}

TEST_CASE("tracks that share only their 6-mers agree by rate and not by kmer6") {
    const auto bases = random_bases(300'000);
    const std::vector<Interval> pieces{{0, 0, 300'000}};
    const auto first =
        contig_signal(Strand::forward, pieces, bases, test::marks_at(drawn(bases, 1), 300'000), {});
    const auto second =
        contig_signal(Strand::forward, pieces, bases, test::marks_at(drawn(bases, 2), 300'000), {});
    const std::vector<std::int64_t> block{0, 1, 2};
    Agreement agreement(3);
    agreement.add(first, second, 0, block.data());
    // Rates 0.6 and 0.1, a quarter of the bases each way: the covariance of the rates is 0.0469.
    CHECK(agreement.kappa(Chance::rate) == Approx(0.0469 / (0.225 * 0.775)).margin(0.01));
    const double rest = agreement.kappa(Chance::kmer6);
    CHECK(std::abs(rest) < 0.02);
    // Three blocks make no interval; the same counts in more of them do.
    CHECK(std::isnan(agreement.range(Chance::kmer6, BlockBootstrap(3, 1)).low));
    Agreement often(9);
    for (const std::int64_t from : {0, 3, 6}) {
        const std::vector<std::int64_t> blocks{from, from + 1, from + 2};
        often.add(first, second, 0, blocks.data());
    }
    CHECK(often.kappa(Chance::kmer6) == Approx(rest));
    const auto range = often.range(Chance::kmer6, BlockBootstrap(9, 1));
    CHECK(range.low <= rest);
    CHECK(range.high >= rest);
    CHECK(range.high - range.low < 0.02);

    Agreement same(3);
    same.add(first, first, 0, block.data());
    CHECK(same.kappa(Chance::rate) == Approx(1));
    CHECK(same.kappa(Chance::kmer6) == Approx(1));
    CHECK(same.most(Chance::rate) == Approx(1));
    CHECK(same.most(Chance::kmer6) == Approx(1));
    CHECK(std::isnan(Agreement(3).kappa(Chance::rate)));
    CHECK(std::isnan(Agreement(3).most(Chance::rate)));
}

TEST_CASE("tracks of unlike rates have a kappa that they cannot exceed") {
    const auto bases = random_bases(300'000);
    const std::vector<Interval> pieces{{0, 0, 300'000}};
    const std::vector<std::int64_t> block{0, 1, 2}, drawn_bases = drawn(bases, 1);
    const std::set<std::int64_t> in(drawn_bases.begin(), drawn_bases.end());
    std::vector<std::int64_t> rest;
    for (std::int64_t x = 0; x < 300'000; ++x) {
        if (in.count(x) == 0) rest.push_back(x);
    }
    const auto first =
        contig_signal(Strand::forward, pieces, bases, test::marks_at(drawn_bases, 300'000), {});
    const auto second =
        contig_signal(Strand::forward, pieces, bases, test::marks_at(rest, 300'000), {});
    Agreement agreement(3);
    agreement.add(first, second, 0, block.data());
    // Rates 0.225 and 0.775; of a quarter of the bases 0.6 and 0.4, of the others 0.1 and 0.9.
    const double by_rate = 0.45, chance = 2 * 0.225 * 0.775;
    CHECK(agreement.most(Chance::rate) == Approx((by_rate - chance) / (1 - chance)).margin(0.01));
    const double by_kmer = 0.25 * 0.8 + 0.75 * 0.2, kmer_chance = 0.25 * 0.48 + 0.75 * 0.18;
    CHECK(agreement.most(Chance::kmer6) ==
          Approx((by_kmer - kmer_chance) / (1 - kmer_chance)).margin(0.01));
    CHECK(agreement.kappa(Chance::rate) < 0);

    Agreement strands(3);
    strands.add(first,
                contig_signal(Strand::reverse, pieces, bases, test::marks_at(rest, 300'000), {}), 0,
                block.data());
    CHECK(std::isnan(strands.most(Chance::kmer6)));
    CHECK(strands.most(Chance::rate) == agreement.most(Chance::rate));
}
