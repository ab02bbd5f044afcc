#include "tasks/surprise_boundaries.hpp"

#include <algorithm>

#include "core/random.hpp"
#include "support/memory_reference.hpp"
#include "support/test.hpp"

using namespace dna_hnet;
using genome::Interval;
using genome::Strand;

namespace {

std::string random_letters(std::int64_t length, std::uint64_t stream) {
    Random random(5, stream);
    std::string text;
    for (std::int64_t i = 0; i < length; ++i) text += "AACGT"[random.below(5)];
    return text;
}

std::string reverse_complement(const std::string& letters) {
    std::string text;
    for (auto letter = letters.rbegin(); letter != letters.rend(); ++letter) {
        text += "TGCAN"[std::string("ACGTN").find(*letter)];
    }
    return text;
}

std::vector<std::int64_t> boundaries_of(tasks::SurpriseBoundaries& source,
                                        genome::Reference& reference,
                                        const std::vector<Interval>& segments,
                                        const std::vector<Interval>& regions, Strand strand) {
    std::vector<std::int64_t> bases;
    source.read(reference, segments, regions, strand,
                [&](const evaluate::SequenceValues& values) {
                    CHECK(static_cast<std::int64_t>(values.stages.at(0).size()) ==
                          values.sequence.yields.length());
                    for (const auto& one : values.stages[0]) {
                        CHECK(one.prob == (one.boundary ? 1.0F : 0.0F));
                        if (one.boundary) bases.push_back(one.base);
                    }
                },
                {});
    return bases;
}

}  // namespace

TEST_CASE("surprise: the reverse strand is the forward strand of the reverse complement") {
    // Longer than a piece of reading; an N and a gap.
    std::string letters = random_letters(150000, 1);
    letters[100] = 'N';
    letters.replace(90000, 60, std::string(60, 'N'));
    const auto length = static_cast<std::int64_t>(letters.size());
    test::MemoryReference forward({{"chr1", letters}});
    test::MemoryReference backward({{"chr1", reverse_complement(letters)}});
    const auto chunker = baselines::SurpriseChunker::fit(forward, {{0, 0, 100000}}, 0.333);
    tasks::SurpriseBoundaries source(chunker);
    const std::vector<Interval> segments{{0, 0, 90000}, {0, 90060, length}};
    const std::vector<Interval> mirrored{{0, 0, length - 90060}, {0, length - 90000, length}};
    const auto reverse = boundaries_of(source, forward, segments, segments, Strand::reverse);
    auto expected = boundaries_of(source, backward, mirrored, mirrored, Strand::forward);
    for (std::int64_t& base : expected) base = length - 1 - base;
    std::reverse(expected.begin(), expected.end());
    CHECK(reverse == expected);
    CHECK(reverse.size() > 30000);

    // A region alone is its slice of the whole.
    const std::vector<Interval> regions{{0, 40, 300}, {0, 89990, 90000}, {0, 90061, 91000}};
    for (const Strand strand : {Strand::forward, Strand::reverse}) {
        auto slice = boundaries_of(source, forward, segments, segments, strand);
        std::erase_if(slice, [&](std::int64_t base) {
            return std::none_of(regions.begin(), regions.end(), [&](const Interval& region) {
                return region.begin <= base && base < region.end;
            });
        });
        CHECK(boundaries_of(source, forward, segments, regions, strand) == slice);
    }
}
