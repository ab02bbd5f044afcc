#include "formats/svg.hpp"

#include <cmath>
#include <limits>

#include "formats/text.hpp"
#include "support/test.hpp"

using namespace dna_hnet::formats;
using dna_hnet::test::contains;

TEST_CASE("text: escaping for XML and HTML") {
    CHECK(escaped("a<b>&\"c\"'") == "a&lt;b&gt;&amp;&quot;c&quot;&#39;");
    CHECK(escaped("gr\xC3\xBC\xC3\x9F \xE2\x86\x92 \xF0\x9F\xA7\xAC") ==
          "gr\xC3\xBC\xC3\x9F \xE2\x86\x92 \xF0\x9F\xA7\xAC");
    const std::string bad = "\xEF\xBF\xBD";
    CHECK(escaped(std::string("a\x01") + '\0' + "b\tc\n") == "a" + bad + bad + "b\tc\n");
    CHECK(escaped("\xC3") == bad);                      // cut off
    CHECK(escaped("\xC0\x80") == bad + bad);            // too long a form
    CHECK(escaped("\xED\xA0\x80") == bad + bad + bad);  // a surrogate
    CHECK(escaped("\xFF<") == bad + "&lt;");
}

TEST_CASE("text: numbers for readers") {
    CHECK(grouped(0) == "0");
    CHECK(grouped(999) == "999");
    CHECK(grouped(-1000) == "-1,000");
    CHECK(grouped(-100) == "-100");
    CHECK(grouped(1234567) == "1,234,567");
    CHECK(grouped(std::numeric_limits<std::int64_t>::min()) == "-9,223,372,036,854,775,808");
    CHECK(shown(1.93641, 4) == "1.9364");
    CHECK(shown(-0.25, 1) ==
          "\xE2\x88\x92"
          "0.2");
    CHECK(shown(-0.00001, 4) == "0.0000");
    CHECK(shown(std::nan(""), 4) == "NA");
    CHECK(shown(std::numeric_limits<double>::infinity(), 4) == "NA");
}

TEST_CASE("ticks are round numbers inside the range") {
    CHECK(nice_ticks(0, 100, 5) == std::vector<double>{0, 20, 40, 60, 80, 100});
    CHECK(nice_ticks(1, 9, 4) == std::vector<double>{2, 4, 6, 8});
    CHECK(nice_ticks(-0.6, 0.6, 6).size() == 7);
    CHECK(nice_ticks(3, 3, 5) == std::vector<double>{3});
    for (const double size : {1e-7, 0.013, 1.0, 77.0, 3.1e9}) {
        for (const int count : {3, 5, 8}) {
            const auto ticks = nice_ticks(-0.3 * size, size, count);
            INFO(size << " " << count);
            REQUIRE(ticks.size() >= 2);
            CHECK(ticks.size() <= static_cast<std::size_t>(2 * count + 1));
            CHECK(ticks.front() >= -0.3 * size);
            CHECK(ticks.back() <= size * (1 + 1e-9));
        }
    }
}

TEST_CASE("tick labels have the same decimals and unit") {
    const std::string space = "\xC2\xA0", minus = "\xE2\x88\x92";
    CHECK(tick_labels({0, 0.05, 0.1}) == std::vector<std::string>{"0", "0.05", "0.10"});
    CHECK(tick_labels({-0.5, 0, 0.5}) == std::vector<std::string>{minus + "0.5", "0", "0.5"});
    CHECK(tick_labels({1.9, 1.92, 1.94}) == std::vector<std::string>{"1.90", "1.92", "1.94"});
    CHECK(tick_labels({2000, 4000}) == std::vector<std::string>{"2000", "4000"});
    CHECK(tick_labels({0, 5e5, 1e6}) ==
          std::vector<std::string>{"0", "0.5" + space + "M", "1.0" + space + "M"});
    CHECK(tick_labels({2e5, 4e5}) ==
          std::vector<std::string>{"200" + space + "k", "400" + space + "k"});
    CHECK(tick_labels({1e9, 2e9})[1] == "2" + space + "G");
}

TEST_CASE("svg: shapes, gaps, and what leaves a plot") {
    Svg svg(300, 120.5, "A <title>", "What & why");
    Plot plot(svg, {40, 10, 200, 100}, {{0, 100}, "x & y"}, {{1, 3}, "bits"});
    CHECK(plot.x(50) == 140);
    CHECK(plot.y(1) == 110);
    CHECK(plot.y(3) == 10);
    CHECK(plot.y(99) == 10);
    CHECK(plot.x(-5) == 40);
    CHECK(std::isnan(plot.y(std::nan(""))));
    plot.polyline({{0, 1}, {50, 2}, {60, std::nan("")}, {100, 3}}, "s c1");
    const std::string text = svg.inline_text();
    CHECK(contains(text, "<path d=\"M40 110L140 60M240 10\" class=\"s c1\"/>"));
    CHECK(contains(text, "<title>A &lt;title&gt;</title>\n<desc>What &amp; why</desc>"));
    CHECK(contains(text, ">x &amp; y</text>"));
    CHECK(contains(text, "viewBox=\"0 0 300 120.5\""));
    CHECK_FALSE(contains(text, "xmlns"));
    CHECK(contains(svg.document(), "<svg xmlns=\"http://www.w3.org/2000/svg\""));
    CHECK(contains(svg.document(), "prefers-color-scheme:dark"));
    CHECK(path_of({}).empty());
}
