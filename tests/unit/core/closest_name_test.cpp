#include "core/closest_name.hpp"

#include "support/test.hpp"

using namespace dna_hnet;

TEST_CASE("closest_name: the nearest candidate, or none") {
    CHECK(closest_name("smal", {"tiny", "small", "base"}) == "small");
    CHECK(closest_name("TINY", {"small", "tiny"}) == "tiny");
    CHECK(closest_name("two-stgae", {"hnet_2stage_L", "two-stage"}) == "two-stage");
    CHECK(closest_name("ab", {"xb", "ax"}) == "xb");
    CHECK(closest_name("xyzzy", {"tiny", "small"}).empty());
    CHECK(closest_name("", {"tiny"}).empty());
    CHECK(closest_name("a", {}).empty());
}
