#include "evaluate/score_table.hpp"

#include <cmath>
#include <sstream>

#include "evaluate/sequence_plan.hpp"
#include "support/test.hpp"

namespace dna_hnet::evaluate {
namespace {

BlockSums sums(std::int64_t scored, std::int64_t skipped, const std::vector<double>& bits) {
    BlockSums result{scored, skipped, {}};
    for (const double one : bits)
        result.units.push_back(static_cast<std::int64_t>(one / kBitsUnit));
    return result;
}

TEST_CASE("bits become whole units, rounded") {
    CHECK(bits_to_units(2.0F) == 2 << 24);
    CHECK(bits_to_units(0.0F) == 0);
    CHECK(bits_to_units(1.0F / (1 << 24)) == 1);
}

TEST_CASE("the jackknife of a ratio, against numbers worked out by hand") {
    // Blocks of 100, 200 and 100 bases with 200, 300 and 100 bits: theta = 600/400 = 1.5; without
    // each: 400/300, 300/200, 500/300; their mean is 1.5, squared distances 1/36, 0, 1/36;
    // variance = 2/3 * 1/18 = 1/27, error 0.1924501.
    ScoreTable table({"dna-hnet", "order2"}, {"all"});
    table.add("all", "all", "both", 0, 0, sums(100, 1, {200, 210}));
    table.add("all", "all", "both", 0, 1, sums(200, 2, {300, 340}));
    table.add("all", "all", "both", 1, 0, sums(100, 0, {100, 110}));
    const auto rows = table.rows();
    REQUIRE(rows.size() == 2);
    CHECK(rows[0].model == "dna-hnet");
    CHECK(rows[0].scored_bases == 400);
    CHECK(rows[0].skipped_bases == 3);
    CHECK(rows[0].bits_per_base == Approx(1.5));
    CHECK(rows[0].ci_low == Approx(1.5 - 1.959964 * 0.1924501).epsilon(1e-6));
    CHECK(rows[0].ci_high == Approx(1.5 + 1.959964 * 0.1924501).epsilon(1e-6));
    CHECK(rows[0].delta == 0);
    CHECK(std::isnan(rows[0].delta_ci_low));
    // Paired differences 10, 40, 10 bits: 60/400 = 0.15; without each: 50/300, 20/200, 50/300; mean
    // 13/90, squared distances 2 * (1/45)^2 + (2/45)^2 = 6/2025; variance = 2/3 of it.
    CHECK(rows[1].delta == Approx(0.15));
    const double error = std::sqrt(2.0 / 3 * 6 / 2025);
    CHECK(rows[1].delta_ci_low == Approx(0.15 - 1.959964 * error).epsilon(1e-6));
    CHECK(rows[1].delta_ci_high == Approx(0.15 + 1.959964 * error).epsilon(1e-6));
}

TEST_CASE("intervals need two blocks with bases; order of adding changes nothing") {
    ScoreTable one({"dna-hnet"});
    one.add("all", "all", "forward", 0, 0, sums(10, 0, {20}));
    one.add("all", "all", "forward", 0, 1, sums(0, 30, {0}));  // N only: no block
    CHECK(one.rows()[0].bits_per_base == 2);
    CHECK(one.rows()[0].skipped_bases == 30);
    CHECK(std::isnan(one.rows()[0].ci_low));

    ScoreTable forward({"dna-hnet"}), backward({"dna-hnet"});
    for (int i = 0; i < 50; ++i) {
        forward.add("all", "all", "both", i % 3, i, sums(7 + i, 0, {13.0 + i * i % 11}));
        const int j = 49 - i;
        // Another order, other numbers of the contigs, and one block in two parts.
        backward.add("all", "all", "both", 2 - j % 3, j, sums(3, 0, {0}));
        backward.add("all", "all", "both", 2 - j % 3, j, sums(4 + j, 0, {13.0 + j * j % 11}));
    }
    CHECK(forward.rows()[0].ci_low == backward.rows()[0].ci_low);
    CHECK(forward.rows()[0].bits_per_base == backward.rows()[0].bits_per_base);
}

TEST_CASE("rows come by split and by class as they were named; no model, no delta") {
    ScoreTable table({"order2", "mix"}, {"all", "unique", "softmasked", "CDS"});
    for (const char* split : {"none", "test", "valid", "train", "all"}) {
        table.add(split, "CDS", "both", 0, 0, sums(1, 0, {1, 2}));
        table.add(split, "softmasked", "both", 0, 0, sums(0, 0, {0, 0}));
        table.add(split, "all", "both", 0, 0, sums(1, 0, {1, 2}));
    }
    std::ostringstream order;
    for (const auto& row : table.rows()) {
        if (row.model == "mix") order << row.split << '/' << row.klass << ' ';
    }
    CHECK(order.str() ==
          "all/all all/softmasked all/CDS train/all train/softmasked train/CDS valid/all "
          "valid/softmasked valid/CDS test/all test/softmasked test/CDS none/all none/softmasked "
          "none/CDS ");
    CHECK(std::isnan(table.rows()[0].delta));
    CHECK(std::isnan(table.rows()[2].bits_per_base));
}

TEST_CASE("a plan reads whole cells in carry mode and cuts pieces at their edges") {
    const std::vector<genome::Contig> contigs = {{"chr1", 20000, ""}};
    const std::vector<genome::Interval> segments = {{0, 100, 15000}, {0, 15100, 20000}};
    const auto forward = plan_sequences(Mode::carry, 0, contigs, segments, {{0, 4000, 4300}},
                                        genome::Strand::forward);
    REQUIRE(forward.size() == 1);
    CHECK(forward[0].read == genome::Interval{0, 100, 100 + 2 * kCellBases});
    CHECK(forward[0].pieces == std::vector<genome::Interval>{{0, 4000, 4196}, {0, 4196, 4300}});
    const auto reverse = plan_sequences(Mode::carry, 0, contigs, segments, {{0, 14900, 15200}},
                                        genome::Strand::reverse);
    REQUIRE(reverse.size() == 2);
    CHECK(reverse[0].read == genome::Interval{0, 15000 - kCellBases, 15000});
    CHECK(reverse[0].pieces == std::vector<genome::Interval>{{0, 14900, 15000}});
    CHECK(reverse[1].read == genome::Interval{0, 15100, 20000});
    CHECK(plan_sequences(Mode::carry, 0, contigs, segments, {{0, 15000, 15100}},
                         genome::Strand::forward)
              .empty());
}

}  // namespace
}  // namespace dna_hnet::evaluate
