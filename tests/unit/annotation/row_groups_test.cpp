#include "annotation/row_groups.hpp"

#include <algorithm>
#include <set>

#include "annotation/annotate.hpp"
#include "core/random.hpp"
#include "support/base_marks.hpp"
#include "support/memory_reference.hpp"
#include "support/test.hpp"

using namespace dna_hnet;
using namespace dna_hnet::annotation;
using genome::Interval;
using genome::Strand;

namespace {

constexpr std::int64_t kLength = 2000;

FeatureSet set_of(std::vector<Feature> features) {
    std::sort(features.begin(), features.end());
    return {"f", std::move(features), 0, {}};
}

// Features of every strand, some longer than they are far apart, some outside the pieces.
FeatureSet random_features(Random& random) {
    std::vector<Feature> features;
    for (int i = 0; i < 60; ++i) {
        const auto begin = static_cast<std::int64_t>(random.below(kLength - 100));
        const auto length = static_cast<std::int64_t>(1 + random.below(100));
        features.push_back({{0, begin, begin + length}, "+-."[random.below(3)]});
    }
    return set_of(std::move(features));
}

std::vector<std::int64_t> random_boundaries(Random& random) {
    std::vector<std::int64_t> boundaries;
    for (std::int64_t base = 0; base < kLength; ++base) {
        if (random.chance(0.3)) boundaries.push_back(base);
    }
    return boundaries;
}

struct Contig {
    std::vector<Interval> pieces{{0, 120, 700}, {0, 730, 1900}};
    std::vector<std::int64_t> boundaries;
    FeatureSet set;
    ContigSignal signal;
};

Contig random_contig(Strand strand, std::uint64_t seed) {
    Random random(seed, 1);
    Contig contig;
    contig.boundaries = random_boundaries(random);
    contig.set = random_features(random);
    std::vector<genome::Base> bases(kLength);
    for (auto& base : bases) base = static_cast<genome::Base>(random.below(4));
    contig.signal =
        contig_signal(strand, contig.pieces, bases, test::marks_at(contig.boundaries, kLength), {});
    return contig;
}

std::vector<RowGroup> counted(const Contig& contig) {
    auto groups = row_groups({contig.set}, contig.signal.strand);
    const std::int64_t block = 0;
    const Shifts shifts{{}, {}};
    for (RowGroup& group : groups) {
        group.open(0, 1);
        group.add(contig.signal, 0, &block, shifts);
    }
    return groups;
}

std::int64_t piece_of(const Contig& contig, std::int64_t base) {
    for (std::size_t i = 0; i < contig.pieces.size(); ++i) {
        const Interval& piece = contig.pieces[i];
        if (base >= piece.begin && base < piece.end) return static_cast<std::int64_t>(i);
    }
    return -1;
}

double observed(const Tally& tally, std::int64_t column) {
    return tally.outcome(column, Null::rotate, 0, BlockBootstrap(1, 1)).observed;
}

double kmer6(const Tally& tally, std::int64_t column) {
    return tally.outcome(column, Null::kmer6, 0, BlockBootstrap(1, 1)).expected;
}

// What is counted at one base.
struct Count {
    std::int64_t bases = 0;
    double boundaries = 0, rate = 0;
    void add(const Contig& contig, std::int64_t base) {
        ++bases;
        const auto& all = contig.boundaries;
        boundaries += std::binary_search(all.begin(), all.end(), base) ? 1 : 0;
        const std::int64_t piece = piece_of(contig, base);
        const auto at = contig.signal.offsets[static_cast<std::size_t>(piece)] +
                        contig.signal.place_in(piece, base);
        rate += static_cast<double>(contig.signal.rate[static_cast<std::size_t>(at)]);
    }
};

// Every offset of one edge of a group's features, base by base.
void check_profile(const Contig& contig, const RowGroup& group, bool at_start) {
    const Tally& tally = at_start ? *group.start : *group.end;
    const int read = contig.signal.strand == Strand::forward ? 1 : -1;
    std::int64_t anchors = 0;
    for (std::int64_t offset = -kReach; offset <= kReach; ++offset) {
        Count count;
        anchors = 0;
        for (const Feature& feature : group.features) {
            const int own = feature.strand == '+' ? 1 : feature.strand == '-' ? -1 : read;
            const bool low = (own == 1) == at_start;
            const std::int64_t anchor = low ? feature.place.begin : feature.place.end - 1;
            if (piece_of(contig, anchor) < 0) continue;
            ++anchors;
            const std::int64_t base = anchor + read * offset;
            if (piece_of(contig, base) == piece_of(contig, anchor)) count.add(contig, base);
        }
        INFO(group.orientation << " offset " << offset);
        CHECK(tally.bases(offset + kReach) == count.bases);
        CHECK(observed(tally, offset + kReach) == count.boundaries);
        CHECK(kmer6(tally, offset + kReach) == Approx(count.rate));
    }
    CHECK((at_start ? group.starts : group.ends) == anchors);
}

void check_body(const Contig& contig, const RowGroup& group) {
    std::set<std::int64_t> covered;
    std::int64_t kept = 0;
    for (const Feature& feature : group.features) {
        bool any = false;
        for (std::int64_t base = feature.place.begin; base < feature.place.end; ++base) {
            if (piece_of(contig, base) < 0) continue;
            any = true;
            covered.insert(base);
        }
        kept += any ? 1 : 0;
    }
    Count count;
    for (const std::int64_t base : covered) count.add(contig, base);
    CHECK(group.kept == kept);
    CHECK(group.body->bases(0) == count.bases);
    CHECK(observed(*group.body, 0) == count.boundaries);
    CHECK(kmer6(*group.body, 0) == Approx(count.rate));
}

}  // namespace

TEST_CASE("features on the strand that is read are sense, on the other antisense") {
    const FeatureSet set =
        set_of({{{0, 5, 9}, '+'}, {{0, 5, 9}, '-'}, {{0, 7, 8}, '-'}, {{0, 1, 2}, '.'}});
    for (const Strand strand : {Strand::forward, Strand::reverse}) {
        const auto groups = row_groups({set}, strand);
        REQUIRE(groups.size() == 3);
        for (const RowGroup& group : groups) {
            const char own = strand == Strand::forward ? '+' : '-';
            for (const Feature& feature : group.features) {
                CHECK(group.orientation == (feature.strand == '.'   ? "."
                                            : feature.strand == own ? "sense"
                                                                    : "antisense"));
            }
        }
        CHECK(groups[0].features.size() == (strand == Strand::forward ? 1 : 2));
        CHECK(groups[1].features.size() == (strand == Strand::forward ? 2 : 1));
        CHECK(groups[2].features.size() == 1);
    }
    CHECK(row_groups({set_of({{{0, 5, 9}, '+'}})}, Strand::forward).size() == 1);
}

TEST_CASE("rows of features are those of a count base by base, on both strands") {
    for (const Strand strand : {Strand::forward, Strand::reverse}) {
        const Contig contig = random_contig(strand, strand == Strand::forward ? 11 : 12);
        const auto groups = counted(contig);
        REQUIRE(groups.size() == 3);
        for (const RowGroup& group : groups) {
            check_body(contig, group);
            check_profile(contig, group, true);
            check_profile(contig, group, false);
        }
    }
}

TEST_CASE("a feature of each strand, by hand") {
    Contig contig;
    contig.pieces = {{0, 0, kLength}};
    contig.boundaries = {100, 119, 200, 219};  // both edges of both features, and no more
    contig.set = set_of({{{0, 100, 120}, '+'}, {{0, 200, 220}, '-'}});
    const std::vector<genome::Base> bases(kLength);
    contig.signal = contig_signal(Strand::reverse, contig.pieces, bases,
                                  test::marks_at(contig.boundaries, kLength), {});
    const auto groups = counted(contig);
    REQUIRE(groups.size() == 2);
    for (const RowGroup& group : groups) {
        CHECK(group.features.size() == 1);
        const bool sense = group.orientation == "sense";
        CHECK(group.features[0].strand == (sense ? '-' : '+'));
        CHECK(observed(*group.start, kReach) == 1);
        CHECK(observed(*group.end, kReach) == 1);
        // Read on the reverse strand, the - feature's end follows its start, the + feature's
        // precedes it.
        CHECK(observed(*group.start, kReach + (sense ? 19 : -19)) == 1);
        CHECK(observed(*group.start, kReach - (sense ? 19 : -19)) == 0);
        CHECK(observed(*group.end, kReach + (sense ? -19 : 19)) == 1);
    }
}

TEST_CASE("an empty feature, one of another contig and those beside the pieces count nowhere") {
    Contig contig = random_contig(Strand::forward, 3);
    contig.set = set_of(
        {{{0, 300, 300}, '+'}, {{1, 300, 400}, '+'}, {{0, 100, 120}, '+'}, {{0, 700, 730}, '+'}});
    const auto groups = counted(contig);
    REQUIRE(groups.size() == 1);
    CHECK(groups[0].features.size() == 4);
    CHECK(groups[0].kept + groups[0].starts + groups[0].ends == 0);
    CHECK(groups[0].body->bases(0) == 0);
}

TEST_CASE(
    "blocks of the bootstrap: numbered where the universe has a base; bodies are cut at them") {
    test::MemoryReference reference(
        {{"a", std::string(3 * kBlockLength - 7, 'A')}, {"b", std::string(kBlockLength + 1, 'C')}});
    std::vector<std::int64_t> numbers(5, -1);
    const std::vector<Interval> universe{{0, kBlockLength - 1, kBlockLength + 1},
                                         {0, kBlockLength + 5, kBlockLength + 5},
                                         {1, kBlockLength, kBlockLength + 1}};
    CHECK(number_blocks(reference, universe, numbers) == 3);
    CHECK(numbers == std::vector<std::int64_t>{0, 1, -1, -1, 2});

    const std::int64_t edge = kBlockLength, length = 6 * edge;
    const std::vector<std::int64_t> blocks{0, 1, 2, 3, 4, 5};
    for (const Strand strand : {Strand::forward, Strand::reverse}) {
        const std::vector<genome::Base> bases(static_cast<std::size_t>(length));
        // Four boundaries before the first edge, one behind it, one in each of three further
        // features.
        const auto signal =
            contig_signal(strand, {{0, 0, length}}, bases,
                          test::marks_at({edge - 9, edge - 8, edge - 2, edge - 1, edge + 4,
                                          2 * edge + 25, 3 * edge + 25, 4 * edge + 25},
                                         length),
                          {});
        auto groups = row_groups({set_of({{{0, edge - 10, edge + 10}, '.'},
                                          {{0, 2 * edge + 20, 2 * edge + 40}, '.'},
                                          {{0, 3 * edge + 20, 3 * edge + 40}, '.'},
                                          {{0, 4 * edge + 20, 4 * edge + 40}, '.'}})},
                                 strand);
        REQUIRE(groups.size() == 1);
        groups[0].open(0, 6);
        groups[0].add(signal, 0, blocks.data(), {{}});
        const BlockBootstrap bootstrap(6, 5);
        const Outcome outcome = groups[0].body->outcome(0, Null::rotate, 0, bootstrap);
        CHECK(outcome.observed == 8);
        const double one = 10 * 8.0 / static_cast<double>(length);
        const auto range =
            bootstrap.log2_fold_range({4, 1, 1, 1, 1, 0}, {one, one, 2 * one, 2 * one, 2 * one, 0});
        CHECK(outcome.low == Approx(range.low));
        CHECK(outcome.high == Approx(range.high));
    }
}
