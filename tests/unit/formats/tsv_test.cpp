#include "formats/tsv.hpp"

#include <cmath>
#include <limits>

#include "support/test.hpp"

using namespace dna_hnet;
using namespace dna_hnet::formats;

TEST_CASE("tsv: comment lines, header, rows") {
    std::string out;
    Provenance provenance;
    provenance.command = "dna-hnet score -f x.fa";
    TsvWriter table([&](std::string_view text) { out += text; }, {"contig", "bases", "bits"},
                    provenance);
    table.text("chr20").integer(-12).number(1.9123456789).end_row();
    table.text("").missing().number(std::nan("")).end_row();
    CHECK(out == std::string("#dna-hnet version=") + version() +
                     "\n#command=dna-hnet score -f x.fa\ncontig\tbases\tbits\n"
                     "chr20\t-12\t1.912346\n.\tNA\tNA\n");
}

TEST_CASE("tsv: without provenance the header comes first") {
    std::string out;
    Provenance none;
    none.enabled = false;
    TsvWriter table([&](std::string_view text) { out += text; }, {"a"}, none);
    CHECK(out == "a\n");
}

TEST_CASE("tsv: numbers") {
    CHECK(tsv_number(0.1234567) == "0.123457");
    CHECK(tsv_number(2, 0) == "2");
    CHECK(tsv_number(-1e-9) == "0.000000");
    CHECK(tsv_number(-0.0, 0) == "0");
    CHECK(tsv_number(-0.5, 1) == "-0.5");
    CHECK(tsv_number(std::numeric_limits<double>::infinity()) == "inf");
    CHECK(tsv_number(-std::numeric_limits<double>::infinity()) == "-inf");
}

TEST_CASE("tsv: a broken row is an error, not a broken table") {
    std::string out;
    TsvWriter table([&](std::string_view text) { out += text; }, {"a", "b"}, Provenance{});
    CHECK(test::contains(test::error_of([&] { table.text("x\ty"); }).what(), "holds a tab"));
    CHECK(test::contains(test::error_of([&] { table.text("x").end_row(); }).what(),
                         "a row of 1 cells, expected 2"));
    CHECK(test::contains(out, "x") == false);
    CHECK_THROWS_AS(TsvWriter([](std::string_view) {}, {}, Provenance{}), Error);
}
