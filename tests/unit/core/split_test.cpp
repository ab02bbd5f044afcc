#include "core/split.hpp"

#include "support/test.hpp"

using namespace dna_hnet;

TEST_CASE("a line is split at every separator, empty fields included") {
    using Fields = std::vector<std::string_view>;
    CHECK(split("a\t\tb", '\t') == Fields{"a", "", "b"});
    CHECK(split("\ta b\t", '\t') == Fields{"", "a b", ""});
    CHECK(split("a,b", '\t') == Fields{"a,b"});
    CHECK(split("", ',') == Fields{""});
}
