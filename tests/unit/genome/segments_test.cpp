#include "genome/segments.hpp"

#include "core/random.hpp"
#include "support/memory_reference.hpp"
#include "support/test.hpp"

using namespace dna_hnet;
using namespace dna_hnet::genome;
using test::MemoryReference;

namespace {

std::vector<Interval> segments_of(const std::string& letters) {
    MemoryReference reference({{"c", letters}});
    return find_segments(reference, 0);
}

// The definition, base by base: a base is in a segment unless it lies in a run of 50 or more N.
std::vector<Interval> segments_by_definition(const std::string& letters) {
    const auto length = static_cast<std::int64_t>(letters.size());
    const auto is_n = [&](std::int64_t i) { return letters[static_cast<std::size_t>(i)] == 'N'; };
    std::vector<Interval> segments;
    for (std::int64_t at = 0; at < length; ++at) {
        std::int64_t left = at, right = at;
        while (left >= 0 && is_n(left)) --left;
        while (right < length && is_n(right)) ++right;
        if (is_n(at) && right - left - 1 >= kGapLength) continue;
        if (!segments.empty() && segments.back().end == at) {
            ++segments.back().end;
        } else {
            segments.push_back({0, at, at + 1});
        }
    }
    return segments;
}

}  // namespace

TEST_CASE("segments end at 50 N") {
    const std::string bases = "ACGTACGTAC";
    const std::string gap(50, 'N');
    CHECK(segments_of(bases + gap + bases + "NNN" + bases) ==
          std::vector<Interval>{{0, 0, 10}, {0, 60, 83}});
    CHECK(segments_of(bases + gap.substr(1) + bases) == std::vector<Interval>{{0, 0, 69}});
    CHECK(segments_of(gap + "a" + gap) == std::vector<Interval>{{0, 50, 51}});
    CHECK(segments_of("NN" + bases + "nn") == std::vector<Interval>{{0, 0, 14}});
    CHECK(segments_of("A") == std::vector<Interval>{{0, 0, 1}});
    CHECK(segments_of("N") == std::vector<Interval>{{0, 0, 1}});
    CHECK(segments_of(gap.substr(1)) == std::vector<Interval>{{0, 0, 49}});
    CHECK(segments_of(gap).empty());
    CHECK(segments_of(std::string(200, 'N')).empty());
    CHECK(segments_of("").empty());
}

TEST_CASE("segments agree with the definition on random contigs, across block edges too") {
    Random random(2, 1);
    for (int round = 0; round < 300; ++round) {
        std::string letters;
        for (std::uint64_t runs = random.below(8); runs > 0; --runs) {
            letters += std::string(random.below(120), 'N') + std::string(random.below(20), 'C');
        }
        if (random.chance(0.5)) letters += std::string(random.below(120), 'N');
        REQUIRE(segments_of(letters) == segments_by_definition(letters));
    }
    constexpr std::size_t block = 1 << 20;
    for (const std::size_t before : {1UL, 30UL, 49UL}) {
        for (const std::size_t gap : {49UL, 50UL, 60UL}) {
            const std::string start(block - before, 'A');
            const auto found = segments_of(start + std::string(gap, 'N') + "CC");
            const auto total = static_cast<std::int64_t>(start.size() + gap + 2);
            const auto first_end = static_cast<std::int64_t>(start.size());
            if (gap < 50) {
                CHECK(found == std::vector<Interval>{{0, 0, total}});
            } else {
                CHECK(found == std::vector<Interval>{{0, 0, first_end}, {0, total - 2, total}});
            }
        }
    }
}

TEST_CASE("a piece of a segment has a known base unless it is N alone") {
    MemoryReference reference({{"a", "NNNNACGT" + std::string(49, 'N') + "a"}});
    CHECK(!has_known_base(reference, {0, 0, 4}));
    CHECK(has_known_base(reference, {0, 0, 5}));
    CHECK(!has_known_base(reference, {0, 8, 57}));
    CHECK(has_known_base(reference, {0, 8, 58}));
    CHECK(!has_known_base(reference, {0, 3, 3}));
}

TEST_CASE("segments of all contigs come in order") {
    MemoryReference reference({{"a", "ACG"}, {"n", "NNNN"}, {"b", std::string(60, 'N') + "T"}});
    CHECK(find_segments(reference) == std::vector<Interval>{{0, 0, 3}, {1, 0, 4}, {2, 60, 61}});
}
