#include "tasks/chunk_rows.hpp"

#include <algorithm>
#include <set>

#include "core/random.hpp"
#include "support/test.hpp"

using namespace dna_hnet;
using genome::Interval;
using genome::Strand;
using tasks::ChunkCutter;
using tasks::ChunkRow;
using Boundary = evaluate::SequenceValues::Boundary;
using Rows = std::vector<std::vector<ChunkRow>>;  // per stage

namespace {

// A contig whose boundaries are planted: per stage, the bases at which chunks start.
struct Planted {
    Strand strand = Strand::forward;
    std::vector<Interval> segments;
    std::vector<std::set<std::int64_t>> starts;

    // What a model yields for [begin, end): stage 0 says something of every base, a deeper stage of
    // the chunks of the stage below.
    ChunkCutter::Boundaries values(std::int64_t begin, std::int64_t end) const {
        ChunkCutter::Boundaries result(starts.size());
        for (std::int64_t base = begin; base < end; ++base) {
            for (std::size_t stage = 0; stage < starts.size(); ++stage) {
                if (stage > 0 && starts[stage - 1].count(base) == 0) continue;
                const bool start = starts[stage].count(base) != 0;
                result[stage].push_back({base, start ? 0.75F : 0.25F, start});
            }
        }
        return result;
    }

    template <class Add>
    void read(const std::vector<Interval>& intervals, std::int64_t piece, Add add) const {
        for (const Interval& interval : intervals) {
            for (std::int64_t begin = interval.begin; begin < interval.end; begin += piece) {
                const std::int64_t end = std::min(begin + piece, interval.end);
                add(Interval{interval.contig, begin, end}, values(begin, end));
            }
        }
    }

    Rows rows(const std::vector<Interval>& regions, std::int64_t piece) const {
        Rows result(starts.size());
        ChunkCutter cutter(strand, static_cast<std::int64_t>(starts.size()), segments, regions,
                           [&](std::int64_t stage, const ChunkRow& row) {
                               result[static_cast<std::size_t>(stage)].push_back(row);
                           });
        read(cutter.reading(), piece, [&](const Interval& yields, const auto& boundaries) {
            cutter.add(yields, boundaries);
        });
        cutter.end_reading();
        for (auto more = cutter.unread(); !more.empty(); more = cutter.unread()) {
            read(more, piece, [&](const Interval& yields, const auto& boundaries) {
                cutter.add_unread(yields, boundaries);
            });
            cutter.end_unread();
        }
        return result;
    }
};

}  // namespace

TEST_CASE("forward chunks run from a boundary to the next or to the segment's end") {
    const Planted contig{Strand::forward, {{0, 10, 20}, {0, 80, 90}}, {{13, 17, 85}}};
    for (const std::int64_t piece : {1, 3, 100}) {
        const auto rows = contig.rows({{0, 0, 100}}, piece)[0];
        REQUIRE(rows.size() == 5);
        CHECK(rows[0] == ChunkRow{{0, 10, 13}, 1.0F, 3, true});
        CHECK(rows[1] == ChunkRow{{0, 13, 17}, 0.75F, 4, false});
        CHECK(rows[2] == ChunkRow{{0, 17, 20}, 0.75F, 3, false});
        CHECK(rows[3] == ChunkRow{{0, 80, 85}, 1.0F, 5, true});
        CHECK(rows[4] == ChunkRow{{0, 85, 90}, 0.75F, 5, false});
    }
}

TEST_CASE("reverse chunks start at their last coordinate") {
    const Planted contig{Strand::reverse, {{0, 10, 20}}, {{13, 17}}};
    for (const std::int64_t piece : {1, 3, 100}) {
        const auto rows = contig.rows({{0, 0, 30}}, piece)[0];
        REQUIRE(rows.size() == 3);
        // Read from base 19 down: 19, 18 | 17 ... 14 | 13 ... 10.
        CHECK(rows[0] == ChunkRow{{0, 10, 14}, 0.75F, 4, false});
        CHECK(rows[1] == ChunkRow{{0, 14, 18}, 0.75F, 4, false});
        CHECK(rows[2] == ChunkRow{{0, 18, 20}, 1.0F, 2, true});
        CHECK(rows[2].first_base(Strand::reverse) == 19);
    }
}

TEST_CASE("a boundary at the segment's first base is the forced chunk, once") {
    const Planted forward{Strand::forward, {{0, 10, 20}}, {{10, 15}}};
    CHECK(forward.rows({{0, 0, 30}}, 4)[0].size() == 2);
    CHECK(forward.rows({{0, 0, 30}}, 4)[0][0].probability == 1.0F);
    const Planted reverse{Strand::reverse, {{0, 10, 20}}, {{15, 19}}};
    CHECK(reverse.rows({{0, 0, 30}}, 4)[0].size() == 2);
    CHECK(reverse.rows({{0, 0, 30}}, 4)[0][1].forced);
}

TEST_CASE("a deeper stage counts the chunks of the stage below") {
    // Stage 0, forward: 10-12 12-15 15-16 16-20; stage 1 starts at 15.
    const Planted forward{Strand::forward, {{0, 10, 20}}, {{12, 15, 16}, {15}}};
    const auto rows = forward.rows({{0, 0, 30}}, 3)[1];
    REQUIRE(rows.size() == 2);
    CHECK(rows[0] == ChunkRow{{0, 10, 15}, 1.0F, 2, true});
    CHECK(rows[1] == ChunkRow{{0, 15, 20}, 0.75F, 2, false});
    // Reverse: 19 18 17 | 16 | 15 14 13 | 12 11 10; stage 1 starts at 15.
    const Planted reverse{Strand::reverse, {{0, 10, 20}}, {{12, 15, 16}, {15}}};
    const auto down = reverse.rows({{0, 0, 30}}, 3)[1];
    REQUIRE(down.size() == 2);
    CHECK(down[0] == ChunkRow{{0, 10, 16}, 0.75F, 2, false});
    CHECK(down[1] == ChunkRow{{0, 16, 20}, 1.0F, 2, true});
}

TEST_CASE("a region has the chunks whose first base lies in it, whole") {
    const Planted forward{Strand::forward, {{0, 0, 5000}}, {{100, 2000}}};
    const auto rows = forward.rows({{0, 50, 120}, {0, 1990, 1995}, {0, 2000, 2001}}, 64)[0];
    REQUIRE(rows.size() == 2);  // 0-100 starts before the region
    CHECK(rows[0] == ChunkRow{{0, 100, 2000}, 0.75F, 1900, false});
    CHECK(rows[1] == ChunkRow{{0, 2000, 5000}, 0.75F, 3000, false});
    const Planted reverse{Strand::reverse, {{0, 0, 5000}}, {{100, 4000}}};
    const auto down = reverse.rows({{0, 90, 101}, {0, 3990, 4010}}, 64)[0];
    REQUIRE(down.size() == 2);
    CHECK(down[0] == ChunkRow{{0, 0, 101}, 0.75F, 101, false});
    CHECK(down[1] == ChunkRow{{0, 101, 4001}, 0.75F, 3900, false});
}

TEST_CASE("rows of regions are the rows of the whole contig; whole contigs are tiled") {
    Random random(7, 1);
    for (int round = 0; round < 60; ++round) {
        Planted contig;
        contig.strand = round % 2 == 0 ? Strand::forward : Strand::reverse;
        contig.segments = {{0, 20, 3000}, {0, 3100, 3101}, {0, 4000, 9000}};
        const double rate = round % 3 == 0 ? 0.3 : 0.003;  // some chunks outrun what is read first
        contig.starts.resize(3);
        for (const Interval& segment : contig.segments) {
            for (std::int64_t base = segment.begin; base < segment.end; ++base) {
                // The segment's first base is a chunk of every stage, as the runner has it.
                const bool first =
                    base == (contig.strand == Strand::forward ? segment.begin : segment.end - 1);
                bool start = true;
                for (auto& stage : contig.starts) {
                    start = first || (start && random.chance(rate));
                    if (start) stage.insert(base);
                    if (rate < 0.1) start = start && random.chance(0.9);
                }
            }
        }
        const Rows whole = contig.rows({{0, 0, 10000}}, 97);
        for (std::size_t stage = 0; stage < whole.size(); ++stage) {
            std::vector<Interval> tiles;
            std::int64_t sum = 0;
            for (const ChunkRow& row : whole[stage]) {
                if (!tiles.empty()) REQUIRE(tiles.back().end <= row.place.begin);
                tiles.push_back(row.place);
                sum += row.length;
            }
            CHECK(genome::total_length(tiles) == genome::total_length(contig.segments));
            CHECK(genome::merged(tiles) == contig.segments);
            // Every chunk of the stage below is counted once.
            if (stage > 0) CHECK(sum == static_cast<std::int64_t>(whole[stage - 1].size()));
        }
        std::vector<Interval> regions;
        for (int i = 0; i < 6; ++i) {
            const auto begin = static_cast<std::int64_t>(random.below(9500));
            regions.push_back({0, begin, begin + 1 + static_cast<std::int64_t>(random.below(400))});
        }
        regions = genome::merged(regions);
        const Rows part = contig.rows(regions, 64);
        for (std::size_t stage = 0; stage < whole.size(); ++stage) {
            std::vector<ChunkRow> expected;
            for (const ChunkRow& row : whole[stage]) {
                const std::int64_t first = row.first_base(contig.strand);
                if (std::any_of(regions.begin(), regions.end(), [&](const Interval& region) {
                        return region.begin <= first && first < region.end;
                    })) {
                    expected.push_back(row);
                }
            }
            CHECK(part[stage] == expected);
        }
    }
}

TEST_CASE("bases that were not asked for are refused") {
    ChunkCutter cutter(Strand::forward, 1, {{0, 0, 1000}}, {{0, 100, 200}},
                       [](std::int64_t, const ChunkRow&) {});
    const auto error = test::error_of([&] { cutter.add({0, 0, 50}, ChunkCutter::Boundaries(1)); });
    CHECK(test::contains(error.what(), "1-50"));
    CHECK(test::contains(test::error_of([&] {
                             cutter.add({0, 100, 150}, ChunkCutter::Boundaries(2));
                         }).what(),
                         "2 stages, expected 1"));
}
