// The zoom levels and the summary of a bigWig.
#include <cmath>
#include <map>

#include "python_script.hpp"
#include "sample_tracks.hpp"
#include "support/test.hpp"
#include "track_blocks.hpp"

using namespace dna_hnet;
using test::kNaN;
using test::runs;
using test::Track;
using test::value_at;
using test::write_track;

namespace {

struct Sums {
    std::uint32_t bases = 0, first = 0, last = 0;
    double smallest = 0, largest = 0, sum = 0, sum_of_squares = 0;

    void add(std::uint32_t base, double value) {
        if (bases++ == 0) {
            first = base;
            smallest = largest = value;
        }
        last = base;
        smallest = std::min(smallest, value);
        largest = std::max(largest, value);
        sum += value;
        sum_of_squares += value * value;
    }
};

// A zoom level by its definition.
std::vector<std::pair<std::uint32_t, Sums>> windows_of(const Track& track, std::uint32_t width) {
    std::map<std::pair<std::uint32_t, std::uint32_t>, Sums> windows;
    for (std::uint32_t c = 0; c < track.size(); ++c) {
        for (std::uint32_t i = 0; i < track[c].size(); ++i) {
            if (!std::isnan(track[c][i])) windows[{c, i / width}].add(i, track[c][i]);
        }
    }
    std::vector<std::pair<std::uint32_t, Sums>> all;
    for (const auto& [place, sums] : windows) all.emplace_back(place.first, sums);
    return all;
}

}  // namespace

TEST_CASE("bigWig: zoom levels and summary are the sums over the values") {
    test::TemporaryFolder folder;
    const Track track{runs(4, 300000), {-5}, std::vector<float>(40, kNaN), runs(5, 100000)};
    const std::string file = write_track(folder.file("x.bw"), track);
    const auto zooms = test::zooms_of(file);
    REQUIRE(zooms.size() == 8);  // the last is wider than the contigs
    for (std::size_t level = 0; level < zooms.size(); ++level) {
        CAPTURE(level);
        CHECK(zooms[level].width == 32u << (2 * level));
        const auto expected = windows_of(track, zooms[level].width);
        REQUIRE(zooms[level].records.size() == expected.size());
        int wrong = 0;
        for (std::size_t i = 0; i < expected.size(); ++i) {
            const test::ZoomRecord& record = zooms[level].records[i];
            const auto& [contig, sums] = expected[i];
            const auto near = [&](double got, double wanted) {
                return std::abs(got - wanted) <=
                       1e-6 * (std::sqrt(sums.bases * sums.sum_of_squares) + sums.sum_of_squares);
            };
            wrong += record.contig != contig || record.begin != sums.first ||
                     record.end != sums.last + 1 || record.bases != sums.bases ||
                     record.smallest != static_cast<float>(sums.smallest) ||
                     record.largest != static_cast<float>(sums.largest) ||
                     !near(record.sum, sums.sum) ||
                     !near(record.sum_of_squares, sums.sum_of_squares);
        }
        CHECK(wrong == 0);
    }
    Sums all;
    for (const auto& values : track) {
        for (const float value : values) {
            if (!std::isnan(value)) all.add(0, value);
        }
    }
    const auto summary = value_at<std::uint64_t>(file, 44);
    CHECK(value_at<std::uint64_t>(file, summary) == all.bases);
    CHECK(value_at<double>(file, summary + 8) == all.smallest);
    CHECK(value_at<double>(file, summary + 16) == all.largest);
    CHECK(value_at<double>(file, summary + 24) == Approx(all.sum));
    CHECK(value_at<double>(file, summary + 32) == Approx(all.sum_of_squares));
}

TEST_CASE("bigWig: the summary counts the first value, and knows negative ones") {
    test::TemporaryFolder folder;
    const auto extremes = [&](const std::vector<float>& values) {
        const std::string file = write_track(folder.file("x.bw"), {values});
        const auto summary = value_at<std::uint64_t>(file, 44);
        return std::pair(value_at<double>(file, summary + 8), value_at<double>(file, summary + 16));
    };
    CHECK(extremes({9, 1, 2}) == std::pair(1.0, 9.0));
    CHECK(extremes({-9, 1, 2}) == std::pair(-9.0, 2.0));
    CHECK(extremes({-2, -3}) == std::pair(-3.0, -2.0));
    CHECK(extremes({kNaN, -2}) == std::pair(-2.0, -2.0));
}

TEST_CASE("pyBigWig's summaries of windows are those of the values, at every zoom level") {
    if (!test::has_py_bigwig())
        DNA_HNET_SKIP("/usr/bin/python3 has no pyBigWig (python3-pybigwig)");
    test::TemporaryFolder folder;
    const std::string path = folder.file("x.bw");
    write_track(path,
                {runs(7, 300000), runs(8, 5000), std::vector<float>(100000, kNaN), runs(9, 70000)});
    const std::string seen = test::python_output("bigwig_windows.py", path);
    CHECK(seen == "levels 32 128 512 2048 8192 32768 131072 524288: all windows as expected\n");
}
