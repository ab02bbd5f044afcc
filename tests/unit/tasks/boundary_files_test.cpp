#include "tasks/boundary_files.hpp"

#include <array>
#include <sstream>

#include "core/atomic_file.hpp"
#include "support/memory_reference.hpp"
#include "support/test.hpp"
#include "tasks/base_classes.hpp"
#include "tasks/chunk_summary.hpp"
#include "tasks/generate.hpp"

using namespace dna_hnet;
using genome::Interval;
using genome::Strand;
using tasks::ChunkRow;

namespace {

std::vector<std::string> cells_of(const std::string& line) {
    std::istringstream text(line);
    std::vector<std::string> cells;
    for (std::string cell; std::getline(text, cell, '\t');) cells.push_back(cell);
    return cells;
}

}  // namespace

TEST_CASE("a chunk is a row of BED9+4") {
    const auto forward =
        cells_of(tasks::chunk_line("chr1", {{0, 100, 108}, 0.75F, 8, false}, 0, Strand::forward));
    REQUIRE(forward.size() == 13);
    CHECK(forward[3] == "s0_101");
    CHECK(forward[4] == "500");
    CHECK(forward[5] == "+");
    CHECK(forward[6] == "100");
    CHECK(forward[7] == "108");
    CHECK(forward[9] == "0.75");
    CHECK(forward[10] == "8");
    CHECK(forward[11] == "0");
    CHECK(forward[12] == "0");
    const auto reverse =
        cells_of(tasks::chunk_line("chr1", {{0, 100, 108}, 1.0F, 3, true}, 1, Strand::reverse));
    CHECK(reverse[3] == "s1_108");
    CHECK(reverse[4] == "1000");
    CHECK(reverse[5] == "-");
    CHECK(reverse[11] == "1");
    CHECK(reverse[12] == "1");
    // The colour depends on the start alone: seven tones, another hue for another stage.
    const auto colour = [](std::int64_t begin, std::int64_t stage) {
        return cells_of(tasks::chunk_line("c", {{0, begin, begin + 2}, 0.6F, 2, false}, stage,
                                          Strand::forward))[8];
    };
    CHECK(colour(3, 0) == colour(10, 0));
    for (std::int64_t i = 1; i < 7; ++i) CHECK(colour(0, 0) != colour(i, 0));
    CHECK(colour(3, 0) != colour(3, 1));
    CHECK(cells_of(tasks::kChunkHeader).size() == 13);
}

TEST_CASE("the summary counts chunks by the class of their first base") {
    std::vector<tasks::BaseClass> classes{{"CDS", {{0, 0, 10}}, {{0, 0, 10}}, true},
                                          {"unique", {}, {}, false}};
    tasks::ChunkSummary summary(1, {{0, 0, 100}}, classes);
    summary.add(Strand::forward, 0, {{0, 0, 4}, 1.0F, 4, true});
    summary.add(Strand::forward, 0, {{0, 4, 20}, 0.75F, 16, false});
    summary.add(Strand::forward, 0, {{0, 20, 100}, 0.75F, 80, false});
    Provenance provenance;
    provenance.enabled = false;
    std::string text;
    tasks::write_chunk_summary([&](std::string_view part) { text += part; },
                               summary.sums({0}, {Strand::forward}), provenance);
    std::istringstream lines(text);
    std::vector<std::vector<std::string>> rows;
    for (std::string line; std::getline(lines, line);) rows.push_back(cells_of(line));
    REQUIRE(rows.size() == 4);
    REQUIRE(rows[0].size() == rows[1].size());
    CHECK(rows[1] == std::vector<std::string>{"0", "forward", "all", "100", "3", "1", "0.030000",
                                              "33.333", "33.333", "4", "4", "4", "16", "80", "80",
                                              "80"});
    CHECK(rows[2][2] == "CDS");
    CHECK(rows[2][3] == "10");
    CHECK(rows[2][4] == "2");
    CHECK(rows[3][3] == "NA");
}

TEST_CASE("classes follow the case of the reference and the strands of a BED") {
    std::string masked(200, 'A');
    for (std::size_t i = 50; i < 60; ++i) masked[i] = 'a';
    test::MemoryReference reference({{"chr1", masked}, {"chr2", std::string(300, 'C')}});
    std::vector<std::string> without_case;
    const auto classes =
        tasks::case_classes(reference, {{0, 0, 55}, {0, 58, 100}, {1, 0, 300}}, without_case);
    CHECK(without_case == std::vector<std::string>{"chr2"});
    CHECK(classes[0].forward == std::vector<Interval>{{0, 0, 50}, {0, 60, 100}});
    CHECK(classes[1].forward == std::vector<Interval>{{0, 50, 55}, {0, 58, 60}});
    CHECK(classes[0].known);
    without_case.clear();
    CHECK(!tasks::case_classes(reference, {{1, 0, 300}}, without_case)[0].known);

    genome::BedParser parser("x.bed");
    std::vector<genome::BedRecord> records(2);
    REQUIRE(parser.parse_line("chr1\t0\t10\ta\t0\t+", records[0]));
    REQUIRE(parser.parse_line("chr1\t20\t30\tb\t0\t-", records[1]));
    const auto cds = tasks::bed_class("CDS", records, "x.bed", reference);
    REQUIRE(cds.size() == 3);
    CHECK(cds[1].name == "CDS:sense");
    CHECK(cds[1].on(Strand::forward) == std::vector<Interval>{{0, 0, 10}});
    CHECK(cds[1].on(Strand::reverse) == std::vector<Interval>{{0, 20, 30}});
    CHECK(cds[2].on(Strand::forward) == std::vector<Interval>{{0, 20, 30}});
    std::swap(records[0], records[1]);
    CHECK(test::error_of([&] { tasks::bed_class("CDS", records, "x.bed", reference); }).kind() ==
          ErrorKind::bad_input);
    CHECK(tasks::parse_class_options({"CDS=a=b.bed"}).at(0).second == "a=b.bed");
    for (const char* wrong : {"CDS", "=x", "CDS=", "all=x", "a:b=x", "a b=x"}) {
        CHECK(test::error_of([&] { tasks::parse_class_options({wrong}); }).kind() ==
              ErrorKind::usage);
    }
    const std::vector<std::string> twice = {"a=x", "a=y"};
    CHECK(test::error_of([&] { tasks::parse_class_options(twice); }).kind() == ErrorKind::usage);
    CHECK(tasks::parse_named_files("--features", {"all=x", "CpG islands=y"}).at(1).first ==
          "CpG islands");
}

TEST_CASE("a drawn base follows temperature and top-p") {
    const double logits[4] = {0.0, 1.0, 3.0, 2.0};
    CHECK(tasks::draw_base(logits, 0, 1, 0.99) == 2);
    CHECK(tasks::draw_base(logits, 1, 0.5, 0.999) == 2);  // G alone has 0.64 of the probability
    CHECK(tasks::draw_base(logits, 1, 0.7, 0.999) == 3);
    CHECK(tasks::draw_base(logits, 1, 1, 0.0) == 2);
    CHECK(tasks::draw_base(logits, 1, 1, 0.9999999) == 0);
    std::array<int, 4> drawn{};
    for (int i = 0; i < 10000; ++i) ++drawn[tasks::draw_base(logits, 1, 1, (i + 0.5) / 10000)];
    CHECK(drawn[2] == Approx(6439).margin(2));
    CHECK(drawn[0] == Approx(321).margin(2));
}
