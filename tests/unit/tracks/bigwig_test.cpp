#include "tracks/bigwig.hpp"

#include <sys/stat.h>

#include <limits>

#include "core/atomic_file.hpp"
#include "python_script.hpp"
#include "support/test.hpp"
#include "tracks/track_contigs.hpp"

using namespace dna_hnet;
using tracks::BigWigWriter;

namespace {

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

const std::vector<genome::Contig> kContigs{
    {"chr2", 100000, ""}, {"chr10", 50, ""}, {"chr1", 20, ""}, {"Zed", 7, ""}};

std::string read_track(const std::string& path, const std::string& queries = "") {
    return test::python_output("read_bigwig.py", path + " " + queries);
}

std::vector<float> ramp(std::size_t count) {
    std::vector<float> values(count);
    for (std::size_t i = 0; i < count; ++i) values[i] = static_cast<float>(i % 8) / 4;
    return values;
}

// chr1: all; chr10: nothing; chr2: 99,000 values with a gap of 1,000, in pieces.
void write_example(const std::string& path) {
    BigWigWriter writer(path, kContigs);
    writer.add(3, 2, {5.f});
    writer.add(2, 0, ramp(20));
    std::vector<float> values = ramp(100000);
    std::fill(values.begin() + 40000, values.begin() + 41000, kNaN);
    for (std::int64_t begin = 0; begin < 100000; begin += 12500) {
        writer.add(0, begin, {values.begin() + begin, values.begin() + begin + 12500});
    }
    CHECK(!std::filesystem::exists(path));
    writer.close();
    CHECK(std::filesystem::exists(path));
}

}  // namespace

TEST_CASE("contigs are wanted in C order of their names") {
    CHECK(tracks::contig_order(kContigs) == std::vector<std::int64_t>{3, 2, 1, 0});
}

TEST_CASE("pyBigWig reads what was written: contigs, coverage, values, gaps, zooms") {
    if (!test::has_py_bigwig())
        DNA_HNET_SKIP("/usr/bin/python3 has no pyBigWig (python3-pybigwig)");
    test::TemporaryFolder folder;
    const std::string path = folder.file("track.bw");
    write_example(path);
    const std::string seen = read_track(path,
                                        "Zed:1 Zed:2 chr1:0 chr1:19 chr2:39999 chr2:40000 "
                                        "chr2:40999 chr2:41001 chr2:99999");
    INFO(seen);
    CHECK(test::contains(seen, "nBasesCovered 99021\n"));
    CHECK(test::contains(seen, "minVal 0\n"));
    CHECK(test::contains(seen, "maxVal 5\n"));
    CHECK(test::contains(seen, "zooms some\n"));
    CHECK(test::contains(seen, "contig Zed 7 missing 6 mean 5\n"));
    CHECK(test::contains(seen, "contig chr1 20 missing 0 mean 0.775\n"));
    CHECK(test::contains(seen, "contig chr10 50 missing 50 mean none\n"));
    CHECK(test::contains(seen, "contig chr2 100000 missing 1000 mean 0.875\n"));
    CHECK(test::contains(seen, "value Zed:1 nan\n"));
    CHECK(test::contains(seen, "value Zed:2 5\n"));
    CHECK(test::contains(seen, "value chr1:0 0\n"));
    CHECK(test::contains(seen, "value chr1:19 0.75\n"));
    CHECK(test::contains(seen, "value chr2:39999 1.75\n"));
    CHECK(test::contains(seen, "value chr2:40000 nan\n"));
    CHECK(test::contains(seen, "value chr2:40999 nan\n"));
    CHECK(test::contains(seen, "value chr2:41001 0.25\n"));
    CHECK(test::contains(seen, "value chr2:99999 1.75\n"));
    // Zoom levels are sums over bins, so dense data must come out near the exact mean.
    const std::size_t at = seen.find("zoomed chr2 ");
    REQUIRE(at != std::string::npos);
    CHECK(std::stod(seen.substr(at + 12)) == Approx(0.875).margin(0.01));
}

TEST_CASE("thousands of short runs between missing bases survive") {
    if (!test::has_py_bigwig())
        DNA_HNET_SKIP("/usr/bin/python3 has no pyBigWig (python3-pybigwig)");
    test::TemporaryFolder folder;
    const std::string path = folder.file("track.bw");
    BigWigWriter writer(path, {{"c", 9000, ""}});
    std::vector<float> values(9000, 1.f);
    for (std::size_t i = 0; i < values.size(); i += 3) values[i] = kNaN;
    writer.add(0, 0, values);
    writer.close();
    CHECK(test::contains(read_track(path), "contig c 9000 missing 3000 mean 1\n"));
}

TEST_CASE("a track without values is a readable file") {
    test::TemporaryFolder folder;
    const std::string path = folder.file("empty.bw");
    BigWigWriter writer(path, kContigs);
    writer.add(2, 0, std::vector<float>(20, kNaN));
    writer.close();
    CHECK(std::filesystem::file_size(path) > 100);
    if (!test::has_py_bigwig())
        DNA_HNET_SKIP("/usr/bin/python3 has no pyBigWig (python3-pybigwig)");
    const std::string seen = read_track(path);
    INFO(seen);
    CHECK(test::contains(seen, "nBasesCovered 0\nminVal 0\nmaxVal 0\nsumData 0\n"));
    CHECK(test::contains(seen, "contig chr2 100000 missing 100000 mean none\n"));
}

TEST_CASE("what the library would accept silently is refused") {
    test::TemporaryFolder folder;
    const std::string path = folder.file("track.bw");
    {
        BigWigWriter writer(path, kContigs);
        const auto message = [&](std::int64_t contig, std::int64_t begin,
                                 std::vector<float> values) {
            return std::string(test::error_of([&] { writer.add(contig, begin, values); }).what());
        };
        CHECK(
            test::contains(message(2, 18, {1, 2, 3}), "chr1: values of [18, 21) leave the contig"));
        CHECK(test::contains(message(2, -1, {1}), "leave the contig"));
        CHECK(test::contains(message(9, 0, {1}), "got contig number 9, expected 0 to 3"));
        CHECK(test::contains(message(2, 0, {1, -std::numeric_limits<float>::infinity()}),
                             "chr1: the value of base 1 (0-based) is -inf"));
        writer.add(2, 4, {1, 2, kNaN});
        CHECK(test::contains(message(2, 6, {1}), "expected ascending positions"));
        CHECK(test::contains(message(3, 0, {1}), "contig Zed after chr1"));
        writer.add(2, 7, {1});
    }
    CHECK(std::filesystem::is_empty(folder.path()));  // never closed: nothing is left
}

TEST_CASE("contig lists that no bigWig can hold, and targets that cannot be written") {
    test::TemporaryFolder folder;
    const auto message = [&](std::vector<genome::Contig> contigs) {
        return std::string(
            test::error_of([&] { BigWigWriter(folder.file("t.bw"), contigs); }).what());
    };
    CHECK(test::contains(message({}), "expected at least one"));
    CHECK(test::contains(message({{"a", 5, ""}, {"b", 5, ""}, {"a", 6, ""}}), "a appears twice"));
    CHECK(test::contains(message({{"a", std::int64_t{1} << 32, ""}}), "expected 1 to 4294967295"));
    CHECK(test::contains(message({{"a", 0, ""}}), "has length 0"));
    const Error error =
        test::error_of([&] { BigWigWriter(folder.file("no/such/t.bw"), kContigs); });
    CHECK(error.kind() == ErrorKind::run_failed);

    BigWigWriter writer(folder.file("t.bw"), kContigs);
    writer.close();
    CHECK(test::contains(test::error_of([&] { writer.close(); }).what(), "closed twice"));
    CHECK(test::contains(test::error_of([&] { writer.add(0, 0, {1}); }).what(), "after close()"));
}

TEST_CASE("a track that loses its file, and targets that are none") {
    test::TemporaryFolder folder;
    const std::string path = folder.file("track.bw");
    BigWigWriter writer(path, kContigs);
    writer.add(2, 0, ramp(20));
    for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
        std::filesystem::remove(entry.path());
    }
    const Error lost = test::error_of([&] { writer.close(); });
    CHECK(lost.kind() == ErrorKind::run_failed);
    CHECK(test::contains(lost.what(), path + ": cannot write"));
    REQUIRE(mkfifo(folder.file("pipe.bw").c_str(), 0600) == 0);
    for (const std::string& target : {folder.file("pipe.bw"), std::string("/dev/null")}) {
        const Error error = test::error_of([&] { BigWigWriter(target, kContigs); });
        CHECK(error.kind() == ErrorKind::run_failed);
        CHECK(test::contains(error.what(), "not a regular file"));
    }
}

TEST_CASE("tracks of one group appear together") {
    test::TemporaryFolder folder;
    AtomicGroup group;
    BigWigWriter one(folder.file("1.bw"), kContigs, &group),
        two(folder.file("2.bw"), kContigs, &group);
    one.add(2, 0, ramp(20));
    one.close();
    CHECK(!std::filesystem::exists(folder.file("1.bw")));
    two.close();
    group.commit();
    CHECK(std::filesystem::exists(folder.file("1.bw")));
    CHECK(std::filesystem::exists(folder.file("2.bw")));
}
