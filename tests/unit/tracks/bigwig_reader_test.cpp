#include "tracks/bigwig_reader.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/atomic_file.hpp"
#include "support/test.hpp"
#include "tracks/bigwig.hpp"

using namespace dna_hnet;
using tracks::BigWigReader;
using tracks::BigWigWriter;

namespace {

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
const std::vector<genome::Contig> kContigs{
    {"chr2", 200000, ""}, {"chr10", 50, ""}, {"chr1", 20, ""}};

std::vector<float> long_values() {
    std::vector<float> values(200000);
    for (std::size_t i = 0; i < values.size(); ++i) {
        values[i] = i % 1000 == 7 ? kNaN : static_cast<float>(i % 64) / 8;
    }
    return values;
}

void write_example(const std::string& path) {
    BigWigWriter writer(path, kContigs);
    writer.add(2, 3, {1, 2, kNaN, 4});
    writer.add(0, 0, long_values());
    writer.close();
}

}  // namespace

TEST_CASE("a bigWig gives the values of an interval") {
    test::TemporaryFolder folder;
    const std::string path = folder.file("x.bw");
    write_example(path);
    BigWigReader reader(path);
    const std::vector<float> here = reader.values("chr1", 2, 8);
    REQUIRE(here.size() == 6);
    CHECK(std::isnan(here[0]));
    CHECK(here[1] == 1);
    CHECK(here[2] == 2);
    CHECK(std::isnan(here[3]));
    CHECK(here[4] == 4);
    CHECK(std::isnan(here[5]));
    const std::vector<float> all = long_values(), part = reader.values("chr2", 99990, 150010);
    REQUIRE(part.size() == 50020);
    for (std::size_t i = 0; i < part.size(); ++i) {
        const float expected = all[i + 99990];
        const bool same = part[i] == expected || (std::isnan(part[i]) && std::isnan(expected));
        if (!same) FAIL("base " << i + 99990 << ": " << part[i] << ", expected " << expected);
    }
    CHECK(reader.values("chr2", 5, 5).empty());
    CHECK(std::isnan(reader.values("chr10", 0, 50)[49]));
    CHECK(test::contains(test::error_of([&] { reader.values("chr3", 0, 1); }).what(),
                         "no contig 'chr3'"));
    CHECK(test::contains(test::error_of([&] { reader.values("chr1", 10, 21); }).what(),
                         "chr1:11-21 leaves the contig, whose length is 20"));
}

TEST_CASE("a bigWig is read as it was written") {
    test::TemporaryFolder folder;
    const std::string path = folder.file("x.bw");
    write_example(path);
    CHECK(tracks::is_bigwig(path));
    BigWigReader reader(path);
    REQUIRE(reader.contigs().size() == 3);
    CHECK(reader.contigs()[0].name == "chr1");
    CHECK(reader.contigs()[2].length == 200000);
    std::vector<std::vector<float>> values{std::vector<float>(20, kNaN),
                                           std::vector<float>(50, kNaN),
                                           std::vector<float>(200000, kNaN)};
    std::int64_t contig = 0, end = 0;
    for (BigWigReader::Run run; reader.next(run);) {
        CHECK((run.contig > contig || run.begin >= end));
        contig = run.contig;
        end = run.end();
        std::copy(run.values.begin(), run.values.end(),
                  values[static_cast<std::size_t>(run.contig)].begin() + run.begin);
    }
    const auto same = [](const std::vector<float>& a, const std::vector<float>& b) {
        return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](float x, float y) {
            return x == y || (std::isnan(x) && std::isnan(y));
        });
    };
    CHECK(same(values[2], long_values()));
    CHECK(values[0][3] == 1);
    CHECK(std::isnan(values[0][5]));
    CHECK(values[0][6] == 4);
    CHECK(std::isnan(values[1][0]));
}

TEST_CASE("values read and written again give the same bytes") {
    test::TemporaryFolder folder;
    write_example(folder.file("x.bw"));
    BigWigReader reader(folder.file("x.bw"));
    BigWigWriter writer(folder.file("y.bw"), reader.contigs());
    for (BigWigReader::Run run; reader.next(run);) writer.add(run.contig, run.begin, run.values);
    writer.close();
    CHECK(read_file(folder.file("x.bw")) == read_file(folder.file("y.bw")));
}

TEST_CASE("a bigWig without values has none, and what is no bigWig is refused") {
    test::TemporaryFolder folder;
    BigWigWriter(folder.file("empty.bw"), kContigs).close();
    BigWigReader reader(folder.file("empty.bw"));
    BigWigReader::Run run;
    CHECK(!reader.next(run));
    write_file_atomically(folder.file("text.bw"), "chr1\t0\t5\n");
    for (const char* name : {"text.bw", "missing.bw"}) {
        CHECK(!tracks::is_bigwig(folder.file(name)));
        CHECK(test::error_of([&] { BigWigReader(folder.file(name)); }).kind() ==
              ErrorKind::bad_input);
    }
}
