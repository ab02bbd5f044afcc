#include "formats/tsv_table.hpp"

#include <cmath>
#include <initializer_list>

#include "support/test.hpp"

using namespace dna_hnet;
using formats::TsvTable;
using test::contains;
using test::error_of;

namespace {

TsvTable table_of(std::initializer_list<const char*> lines, char separator = '\t') {
    TsvTable table("x.tsv", separator);
    for (const char* line : lines) table.add_line(line);
    return table;
}

}  // namespace

TEST_CASE("tsv table: comments, columns and cells") {
    const TsvTable table = table_of({"#dna-hnet version=1", "#a=b", "name\tn\tbits", "x\t-3\t1.5",
                                     "", "y\t4\tNA", "#late", "z\t0\t1e-3"});
    CHECK(table.comments() == std::vector<std::string>{"dna-hnet version=1", "a=b"});
    CHECK(table.columns() == std::vector<std::string>{"name", "n", "bits"});
    REQUIRE(table.rows() == 3);
    CHECK(table.text(1, table.column("name")) == "y");
    CHECK(table.integer(0, 1) == -3);
    CHECK(table.number(0, 2) == 1.5);
    CHECK(std::isnan(table.number(1, 2)));
    CHECK(table.number(2, 2) == 1e-3);
    CHECK(table.has("bits"));
    CHECK_FALSE(table.has("bit"));
    const TsvTable commas = table_of({"a,b", "1,", ",2"}, ',');
    CHECK(std::isnan(commas.number(0, 1)));
    CHECK(commas.integer(1, 1) == 2);
}

TEST_CASE("tsv table: what is wrong names file, line and column") {
    const auto says = [](const std::string& text, auto action) {
        const Error error = error_of(action);
        INFO(error.what());
        CHECK(error.kind() == ErrorKind::bad_input);
        CHECK(contains(error.what(), text));
    };
    says("x.tsv:3: 1 cells, expected 2", [] { table_of({"#", "a\tb", "1"}); });
    says("x.tsv:2: 3 cells, expected 2", [] { table_of({"a\tb", "1\t2\t3"}); });
    says("x.tsv:1: column name 'a'", [] { table_of({"a\ta"}); });
    says("x.tsv:1: column name ''", [] { table_of({"a\t"}); });
    const TsvTable table = table_of({"#", "a\tb", "1.5x\tNA"});
    says("x.tsv:3: column a: got '1.5x', expected a number or NA", [&] { table.number(0, 0); });
    says("x.tsv:3: column b: got 'NA', expected a whole number", [&] { table.integer(0, 1); });
    says("x.tsv: no column 'c'; its columns are a b", [&] { table.column("c"); });
    says("x.tsv: empty, expected a table", [] { table_of({"#a"}).column("c"); });
}
