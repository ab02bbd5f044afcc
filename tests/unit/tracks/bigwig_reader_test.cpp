#include "tracks/bigwig_reader.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "core/atomic_file.hpp"
#include "python_script.hpp"
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

TEST_CASE("a bigWig of another program is read: bedGraph, variableStep and fixedStep") {
    if (!test::has_py_bigwig()) {
        DNA_HNET_SKIP("/usr/bin/python3 has no pyBigWig (python3-pybigwig)");
    }
    test::TemporaryFolder folder;
    test::python_output("write_bigwig.py", folder.file("x.bw"));
    BigWigReader reader(folder.file("x.bw"));
    const std::vector<float> expected_values{1.5F, -2, 1, 2, 3, 5, 6, 7};
    const std::vector<std::pair<std::int64_t, std::int64_t>> expected_places{
        {3, 5}, {10, 11}, {20, 24}, {30, 34}, {40, 44}, {100, 102}, {110, 112}, {120, 122}};
    std::size_t at = 0;
    std::int64_t long_end = 1000, runs = 0;
    for (BigWigReader::Run run; reader.next(run);) {
        INFO(run.contig << ":" << run.begin << "-" << run.end());
        if (run.contig == 1) {  // a long item comes in parts
            CHECK(run.begin == long_end);
            CHECK(run.values == std::vector<float>(run.values.size(), 0.25F));
            long_end = run.end();
            ++runs;
            continue;
        }
        REQUIRE(run.contig == 0);
        REQUIRE(at < expected_values.size());
        CHECK(std::pair(run.begin, run.end()) == expected_places[at]);
        CHECK(run.values == std::vector<float>(run.values.size(), expected_values[at]));
        ++at;
    }
    CHECK(at == expected_values.size());
    CHECK(long_end == 4'000'000);
    CHECK(runs > 50);
    CHECK(reader.contigs()[2].name == "chrM");
    CHECK(std::isnan(reader.values("chr1", 39, 42)[0]));
    CHECK(reader.values("chr1", 43, 44)[0] == 3);
    CHECK(reader.values("chr2", 3'999'999, 4'000'000)[0] == 0.25F);
    CHECK(std::isnan(reader.values("chr2", 4'000'000, 4'000'001)[0]));
    CHECK(std::isnan(reader.values("chrM", 0, 50)[49]));
}

TEST_CASE("damaged bigWigs are refused, never crash") {
    test::TemporaryFolder folder;
    write_example(folder.file("x.bw"));
    const std::string whole = read_file(folder.file("x.bw"));
    const auto refusal = [&](const std::string& bytes) {
        write_file_atomically(folder.file("y.bw"), bytes);
        const Error error = test::error_of([&] {
            BigWigReader reader(folder.file("y.bw"));
            for (BigWigReader::Run run; reader.next(run);) continue;
        });
        CHECK(error.kind() == ErrorKind::bad_input);
        return std::string(error.what());
    };
    const auto number_at = [&](std::size_t offset) {
        std::uint64_t number = 0;
        std::memcpy(&number, whole.data() + offset, 8);
        return number;
    };
    CHECK(test::contains(refusal(whole.substr(0, whole.size() - 1)), "is it cut short?"));
    std::string bytes = whole;
    ++bytes[number_at(44)];  // the summary's count of bases
    CHECK(test::contains(refusal(bytes), "values, its header says"));
    bytes = whole;
    bytes[number_at(16) + 20] ^= 0x55;  // the first block
    CHECK(test::contains(refusal(bytes), "a block cannot be unpacked"));
    bytes = whole;
    bytes[number_at(24)] ^= 1;
    CHECK(test::contains(refusal(bytes), "no index where the header points"));
}
