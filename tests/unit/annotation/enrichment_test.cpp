#include <algorithm>
#include <map>

#include "annotation/codon_phase.hpp"
#include "annotation/statistics.hpp"
#include "annotation/tally.hpp"
#include "core/random.hpp"
#include "support/base_marks.hpp"
#include "support/test.hpp"

using namespace dna_hnet;
using namespace dna_hnet::annotation;
using genome::Interval;
using genome::Strand;

namespace {

// A C G T A C G T ...
std::vector<genome::Base> bases(std::size_t count) {
    std::vector<genome::Base> result(count);
    for (std::size_t i = 0; i < count; ++i) result[i] = static_cast<genome::Base>(i % 4);
    return result;
}

}  // namespace

TEST_CASE("the first 1,024 bases of a segment in reading direction take no part") {
    const std::vector<Interval> segments{{0, 0, 3000}, {0, 3100, 4000}};
    const std::vector<Interval> universe{{0, 500, 2500}};
    CHECK(scored_pieces(universe, segments, Strand::forward) ==
          std::vector<Interval>{{0, 1024, 2500}});
    CHECK(scored_pieces(universe, segments, Strand::reverse) ==
          std::vector<Interval>{{0, 500, 1976}});
}

TEST_CASE("the rate of a 6-mer, which ends at the base in reading direction") {
    // Forward, the classes repeat with period 4; the first five bases have no whole 6-mer.
    const auto signal = contig_signal(Strand::forward, {{0, 0, 21}}, bases(21),
                                      test::marks_at({0, 5, 9, 6}, 21), {});
    CHECK(signal.rate[0] == Approx(0.2));    // 1 of 5
    CHECK(signal.rate[5] == Approx(0.5));    // bases 5 9 13 17
    CHECK(signal.rate[18] == Approx(0.25));  // bases 6 10 14 18
    CHECK(signal.rate[7] == 0);
    const auto reverse =
        contig_signal(Strand::reverse, {{0, 0, 21}}, bases(21), test::marks_at({20, 15}, 21), {});
    CHECK(reverse.boundary[0] == 1);
    CHECK(reverse.boundary[5] == 1);
    CHECK(reverse.rate[9] == Approx(0.25));
}

TEST_CASE("the rate of every base is that of its 6-mer in reading direction, by letters") {
    Random random(2, 4);
    std::vector<genome::Base> read(3000);
    for (auto& base : read) {
        base = random.chance(0.01) ? genome::kN : static_cast<genome::Base>(random.below(2));
    }
    std::vector<std::int64_t> cut;
    for (std::int64_t base = 0; base < 3000; ++base) {
        if (random.chance(0.3)) cut.push_back(base);
    }
    for (const Strand strand : {Strand::forward, Strand::reverse}) {
        const std::vector<Interval> pieces{{0, 0, 1000}, {0, 1200, 2990}};
        const auto signal = contig_signal(strand, pieces, read, test::marks_at(cut, 3000), {});
        const int step = strand == Strand::forward ? 1 : -1;
        std::map<std::string, std::pair<double, double>> counts;  // of a 6-mer: boundaries, bases
        std::vector<std::string> kmers;                           // of each scored base
        for (std::int64_t at = 0; at < 2790; ++at) {
            const std::int64_t base = at < 1000 ? at : at + 200;
            std::string kmer;
            for (std::int64_t i = base - 5 * step; kmer.size() < 6; i += step) {
                const bool outside = i < 0 || i >= 3000;
                kmer += outside ? 'N' : genome::decode_base(read[static_cast<std::size_t>(i)]);
            }
            if (kmer.find('N') != std::string::npos) kmer = "other";
            kmers.push_back(kmer);
            counts[kmer].first += std::binary_search(cut.begin(), cut.end(), base) ? 1 : 0;
            ++counts[kmer].second;
        }
        CHECK(counts.size() == 65);
        for (std::size_t i = 0; i < kmers.size(); ++i) {
            const std::int64_t base = static_cast<std::int64_t>(i) + (i < 1000 ? 0 : 200);
            const std::int64_t piece = signal.piece_of(base);
            REQUIRE(piece == (i < 1000 ? 0 : 1));
            const auto place = static_cast<std::size_t>(
                signal.offsets[static_cast<std::size_t>(piece)] + signal.place_in(piece, base));
            const auto& [boundaries, all] = counts[kmers[i]];
            REQUIRE(static_cast<double>(signal.rate[place]) == Approx(boundaries / all));
        }
    }
}

TEST_CASE("a sum under rotation is that of the rotated track") {
    const std::vector<std::int64_t> cut{0, 3, 4, 9};
    const auto signal =
        contig_signal(Strand::forward, {{0, 0, 10}}, bases(10), test::marks_at(cut, 10), {});
    std::vector<std::int64_t> shifts{0, 6, 8, 3};
    Tally sum(1, 4, 1), each(4, 4, 1);
    sum.add_sum(signal, 0, 2, 4, 0, shifts);
    each.add_each(signal, 0, 2, 4, 0, 0, shifts);
    const BlockBootstrap bootstrap(1, 1);
    std::vector<double> draws;
    for (const std::int64_t shift : shifts) {
        double count = 0;
        for (const std::int64_t base : cut) {
            const std::int64_t moved = (base + shift) % 10;
            count += moved >= 2 && moved < 6 ? 1 : 0;
        }
        draws.push_back(count);
    }
    const NullTest naive = two_sided_test(2, draws);
    const Outcome outcome = sum.outcome(0, Null::rotate, 0, bootstrap);
    CHECK(outcome.observed == 2);
    CHECK(outcome.expected == Approx(1.6));
    CHECK(outcome.z == Approx(naive.z));
    CHECK(outcome.p == Approx(naive.p));
    CHECK(each.outcome(1, Null::rotate, 0, bootstrap).observed == 1);
    CHECK(each.outcome(3, Null::rotate, 0, bootstrap).observed == 0);
}

TEST_CASE("p counts the draws as far as the observed; q of Benjamini and Hochberg") {
    CHECK(two_sided_test(10, {0, 0, 0}).p == Approx(0.25));
    CHECK(two_sided_test(0, {0, 0, 0}).p == Approx(1));
    const auto q = benjamini_hochberg({0.01, 0.5, 0.02});
    CHECK(q[0] == Approx(0.03));
    CHECK(q[1] == Approx(0.5));
    CHECK(q[2] == Approx(0.03));
}

TEST_CASE("codon positions come from column 8; bases with two frames are left out") {
    const auto signal =
        contig_signal(Strand::forward, {{0, 0, 30}}, bases(30), test::marks_at({1, 4, 7}, 30), {});
    const CodingExon exon{{{0, 0, 9}, '+'}, 1};
    const auto one = exons_of(signal, {exon}, 0, '+');
    REQUIRE(one.size() == 1);
    CHECK(one[0].boundary == std::array<double, 3>{3, 0, 0});  // base 1 begins a codon
    CHECK(exons_of(signal, {exon}, 0, '-').empty());
    const auto two = exons_of(signal, {exon, {{{0, 6, 12}, '+'}, 0}}, 0, '+');
    double counted = 0;
    for (const auto& run : two) counted += run.bases[0] + run.bases[1] + run.bases[2];
    CHECK(counted == 9);  // 0-5 and 9-11
}
