#include "annotation/codon_phase.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "core/random.hpp"
#include "support/base_marks.hpp"
#include "support/test.hpp"

using namespace dna_hnet;
using namespace dna_hnet::annotation;
using genome::Interval;
using genome::Strand;

namespace {

constexpr std::int64_t kLength = 3000, kDraws = 20'000;
const std::vector<Interval> kPieces{{0, 100, 1400}, {0, 1450, 2900}};

ContigSignal signal_of(Strand strand, const std::vector<std::int64_t>& boundaries) {
    std::vector<genome::Base> bases(kLength);
    Random random(3, 3);
    for (auto& base : bases) base = static_cast<genome::Base>(random.below(4));
    return contig_signal(strand, kPieces, bases, test::marks_at(boundaries, kLength), {});
}

std::vector<CodingExon> random_coding(std::uint64_t seed) {
    Random random(seed, 1);
    std::vector<CodingExon> coding;
    for (int i = 0; i < 40; ++i) {
        const auto begin = static_cast<std::int64_t>(random.below(kLength - 90));
        const auto length = static_cast<std::int64_t>(1 + random.below(90));
        coding.push_back({{{0, begin, begin + length}, random.chance(0.5) ? '+' : '-'},
                          static_cast<int>(random.below(3))});
    }
    std::sort(coding.begin(), coding.end());
    return coding;
}

// The codon position of every scored base with one frame on this strand, by definition: column 8
// counts the bases before the first whole codon.
std::map<std::int64_t, std::size_t> positions_by_definition(const std::vector<CodingExon>& coding,
                                                            char strand) {
    std::map<std::int64_t, std::set<std::size_t>> frames;
    for (const CodingExon& exon : coding) {
        const Interval& place = exon.feature.place;
        if (exon.feature.strand != strand) continue;
        for (std::int64_t i = 0; i < place.length(); ++i) {
            const std::int64_t base = strand == '+' ? place.begin + i : place.end - 1 - i;
            const std::int64_t in_codon = (i - exon.phase + 30) % 3;
            frames[base].insert(static_cast<std::size_t>(in_codon));
        }
    }
    std::map<std::int64_t, std::size_t> positions;
    for (const auto& [base, found] : frames) {
        const bool scored = std::any_of(kPieces.begin(), kPieces.end(), [&](const Interval& p) {
            return base >= p.begin && base < p.end;
        });
        if (scored && found.size() == 1) positions[base] = *found.begin();
    }
    return positions;
}

// The statistic of one labelling: exon e's label j goes to (j + shift[e]) % 3.
double statistic(const std::vector<ExonCounts>& exons, const std::vector<std::size_t>& shift,
                 Null null, double factor) {
    double bases[3] = {}, residual[3] = {}, all_bases = 0, all_residual = 0;
    for (std::size_t e = 0; e < exons.size(); ++e) {
        for (std::size_t j = 0; j < 3; ++j) {
            const std::size_t label = (j + shift[e]) % 3;
            const double expected = null == Null::kmer6     ? exons[e].rate[j]
                                    : null == Null::control ? factor * exons[e].control[j]
                                                            : 0;
            bases[label] += exons[e].bases[j];
            residual[label] += exons[e].boundary[j] - expected;
            all_bases += exons[e].bases[j];
            all_residual += exons[e].boundary[j] - expected;
        }
    }
    double sum = 0;
    for (int j = 0; j < 3; ++j) {
        sum += std::pow(residual[j] - all_residual * bases[j] / all_bases, 2);
    }
    return sum;
}

// p over all 3^exons shifts.
double exact_p(const std::vector<ExonCounts>& exons, Null null, double factor) {
    const double observed =
        statistic(exons, std::vector<std::size_t>(exons.size(), 0), null, factor);
    std::size_t total = 1, far = 0;
    for (std::size_t e = 0; e < exons.size(); ++e) total *= 3;
    for (std::size_t code = 0; code < total; ++code) {
        std::vector<std::size_t> shift;
        for (std::size_t rest = code; shift.size() < exons.size(); rest /= 3) {
            shift.push_back(rest % 3);
        }
        far += statistic(exons, shift, null, factor) > observed * (1 - 1e-6) - 1e-9 ? 1 : 0;
    }
    return static_cast<double>(far) / static_cast<double>(total);
}

ExonCounts random_exon(Random& random) {
    ExonCounts exon;
    for (std::size_t j = 0; j < 3; ++j) {
        exon.bases[j] = static_cast<double>(20 + random.below(2));
        exon.boundary[j] = static_cast<double>(random.below(12));
        exon.control[j] = static_cast<double>(random.below(12));
        exon.rate[j] = 4 + 3 * random.uniform();
    }
    return exon;
}

}  // namespace

TEST_CASE("codon positions are those of the definition, whichever strands are read and coded") {
    Random random(8, 1);
    std::vector<std::int64_t> boundaries;
    for (std::int64_t base = 0; base < kLength; ++base) {
        if (random.chance(0.3)) boundaries.push_back(base);
    }
    const auto coding = random_coding(4);
    for (const Strand read : {Strand::forward, Strand::reverse}) {
        const ContigSignal signal = signal_of(read, boundaries);
        for (const char gene : {'+', '-'}) {
            std::array<double, 3> bases{}, boundary{};
            for (const auto& [base, position] : positions_by_definition(coding, gene)) {
                ++bases[position];
                boundary[position] +=
                    std::binary_search(boundaries.begin(), boundaries.end(), base) ? 1 : 0;
            }
            std::array<double, 3> counted{}, found{};
            double rate = 0;
            for (const ExonCounts& exon : exons_of(signal, coding, 0, gene)) {
                for (std::size_t j = 0; j < 3; ++j) {
                    counted[j] += exon.bases[j];
                    found[j] += exon.boundary[j];
                    rate += exon.rate[j];
                }
            }
            CHECK(bases[0] > 100);
            CHECK(counted == bases);
            CHECK(found == boundary);
            CHECK(rate > 0);
        }
    }
    CHECK(exons_of(signal_of(Strand::forward, boundaries), coding, 1, '+').empty());
}

TEST_CASE("an exon is one run, two where a gap or another frame parts it") {
    const ContigSignal signal = signal_of(Strand::forward, {});
    const auto runs = [&](const std::vector<CodingExon>& coding) {
        std::vector<double> lengths;
        for (const ExonCounts& exon : exons_of(signal, coding, 0, '-')) {
            lengths.push_back(exon.bases[0] + exon.bases[1] + exon.bases[2]);
        }
        return lengths;
    };
    CHECK(runs({{{{0, 200, 290}, '-'}, 1}}) == std::vector<double>{90});
    CHECK(runs({{{{0, 1380, 1470}, '-'}, 0}}) == std::vector<double>{20, 20});
    // The second lies inside the first: in its frame, the exon stays whole; in another, its bases
    // are left out. 290 - 260 is a whole number of codons.
    CHECK(runs({{{{0, 200, 290}, '-'}, 0}, {{{0, 230, 260}, '-'}, 0}}) == std::vector<double>{90});
    CHECK(runs({{{{0, 200, 290}, '-'}, 0}, {{{0, 230, 260}, '-'}, 1}}) ==
          std::vector<double>{30, 30});
    // Two that touch go on in one frame, or begin another run.
    CHECK(runs({{{{0, 200, 230}, '-'}, 0}, {{{0, 230, 260}, '-'}, 0}}) == std::vector<double>{60});
    CHECK(runs({{{{0, 200, 230}, '-'}, 1}, {{{0, 230, 260}, '-'}, 0}}) ==
          std::vector<double>{30, 30});
}

TEST_CASE("p of the codon phase is that of all shifts of the exons") {
    for (std::uint64_t seed = 1; seed <= 6; ++seed) {
        Random random(seed, 9);
        std::vector<ExonCounts> exons;
        for (int e = 0; e < 6; ++e) exons.push_back(random_exon(random));
        for (const Null null : {Null::rotate, Null::kmer6, Null::control}) {
            const double exact = exact_p(exons, null, 0.8);
            const PhaseResult result = test_phase(exons, null, 0.8, kDraws, seed);
            INFO("seed " << seed << " null " << null_name(null));
            // Five standard errors of the draws.
            CHECK(std::abs(result.p - exact) < 5 * std::sqrt(exact * (1 - exact) / kDraws) + 1e-3);
        }
    }
}

TEST_CASE("codon phase: what is observed and expected, and the least p") {
    // Eight exons with all their boundaries at the first base of codons: of the 3^8 shifts three
    // are as far, those that move all exons alike.
    std::vector<ExonCounts> exons(8);
    for (ExonCounts& exon : exons) {
        exon.bases = {30, 30, 30};
        exon.boundary = {24, 3, 3};
        exon.rate = {10, 9, 8};
        exon.control = {4, 5, 6};
    }
    const PhaseResult phase = test_phase(exons, Null::rotate, 2, kDraws, 1);
    CHECK(phase.bases == std::array<double, 3>{240, 240, 240});
    CHECK(phase.observed == std::array<double, 3>{192, 24, 24});
    CHECK(phase.expected == std::array<double, 3>{80, 80, 80});
    CHECK(phase.p < 0.0015);
    CHECK(test_phase(exons, Null::kmer6, 2, 99, 1).expected == std::array<double, 3>{80, 72, 64});
    CHECK(test_phase(exons, Null::control, 2, 99, 1).expected == std::array<double, 3>{64, 80, 96});
    CHECK(test_phase(exons, Null::rotate, 2, 99, 1).p ==
          test_phase(exons, Null::rotate, 2, 99, 1).p);
    CHECK(std::isnan(test_phase(exons, Null::rotate, 2, 0, 1).p));
    CHECK(std::isnan(test_phase({}, Null::rotate, 2, 99, 1).p));
    // One exon alone says nothing: each of its shifts is as far.
    exons.resize(1);
    CHECK(test_phase(exons, Null::rotate, 2, 99, 1).p == 1);
}
