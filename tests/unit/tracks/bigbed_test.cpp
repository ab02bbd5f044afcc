#include "tracks/bigbed.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "core/atomic_file.hpp"
#include "support/test.hpp"
#include "track_blocks.hpp"
#include "tracks/coverage_depth.hpp"
#include "tracks/little_endian.hpp"
#include "tracks/track_file.hpp"

using namespace dna_hnet;
using tracks::BigBedFields;
using tracks::BigBedWriter;
using tracks::value_at;

namespace {

const BigBedFields kFields{"table t \"x\" (string chrom; \"c\")", 4, 4};

struct Row {
    std::uint32_t contig, begin, end;
    std::string rest;
    bool operator==(const Row&) const = default;
};

std::vector<Row> rows_of(const std::string& file) {
    std::vector<Row> rows;
    for (const std::string& block : test::blocks_of(file, value_at<std::uint64_t>(file, 24))) {
        for (std::size_t at = 0; at < block.size();) {
            const std::string rest = block.c_str() + at + 12;
            rows.push_back({value_at<std::uint32_t>(block, at),
                            value_at<std::uint32_t>(block, at + 4),
                            value_at<std::uint32_t>(block, at + 8), rest});
            at += 13 + rest.size();
        }
    }
    return rows;
}

void check_zooms(const std::string& file, const tracks::TrackFile& track, std::uint64_t bases) {
    const auto zooms = test::zooms_of(file);
    REQUIRE(zooms.size() > 1);
    CHECK(zooms.size() == track.zoom_levels);
    for (std::size_t level = 0; level < zooms.size(); ++level) {
        CHECK(zooms[level].width == 256u << (2 * level));
        std::uint64_t covered = 0;
        for (const test::ZoomRecord& record : zooms[level].records) {
            CHECK(record.end <= track.contigs[record.contig].length);
            CHECK(record.largest == 1);
            covered += record.bases;
        }
        CHECK(covered == bases);
    }
}

void round_trip(int contig_count) {
    test::TemporaryFolder folder;
    const std::string path = folder.file("x.bb");
    CAPTURE(contig_count);
    std::vector<genome::Contig> contigs;
    for (int i = 0; i < contig_count; ++i) {
        contigs.push_back({fmt::format("c{:03}{}", i, i % 7 == 0 ? "_long" : ""), 30000 + i, {}});
    }
    std::reverse(contigs.begin(), contigs.end());  // the file wants C order
    BigBedWriter writer(path, contigs, kFields);
    std::vector<Row> expected;
    std::uint64_t bases = 0;
    for (int i = 0; i < contig_count; ++i) {
        if (i % 3 == 1) continue;  // empty contigs
        const std::uint32_t step = i == 0 ? 4 : 3001;
        for (std::uint32_t begin = 0; begin + step < 30000; begin += step) {
            const Row row{static_cast<std::uint32_t>(i), begin, begin + step - 1,
                          fmt::format("r{}", begin)};
            writer.add(contig_count - 1 - i, row.begin, row.end, row.rest);
            expected.push_back(row);
            bases += step - 1;
        }
    }
    CHECK(!std::filesystem::exists(path));
    writer.close();
    const std::string file = read_file(path);
    CHECK(rows_of(file) == expected);
    CHECK(value_at<std::uint64_t>(file, value_at<std::uint64_t>(file, 16)) == expected.size());

    const auto track = tracks::read_track_file(path);
    CHECK(track.format == tracks::TrackFile::Format::bigbed);
    CHECK((track.fields == 4 && track.bed_fields == 4));
    REQUIRE(track.contigs.size() == contigs.size());
    for (std::size_t i = 0; i < contigs.size(); ++i) {
        CHECK(track.contigs[i].name == contigs[contigs.size() - 1 - i].name);
        CHECK(track.contigs[i].length == contigs[contigs.size() - 1 - i].length);
    }
    const auto summary = value_at<std::uint64_t>(file, 44);
    CHECK(value_at<std::uint64_t>(file, summary) == bases);
    for (const int k : {1, 2}) CHECK(value_at<double>(file, summary + 8 * k) == 1);
    for (const int k : {3, 4}) CHECK(value_at<double>(file, summary + 8 * k) == bases);
    CHECK(std::string(file.c_str() + value_at<std::uint64_t>(file, 36)) == kFields.auto_sql);
    check_zooms(file, track, bases);
}

}  // namespace

TEST_CASE("bigBed: hundreds of contigs, rows, summary and zoom levels are read back") {
    for (const int contigs : {1, 256, 257, 700}) round_trip(contigs);
}

TEST_CASE("bigBed: the index has inner nodes where there are many blocks") {
    test::TemporaryFolder folder;
    const std::string path = folder.file("x.bb");
    BigBedWriter writer(path, {{"c", 3'000'000'000, {}}}, {"table t", 3, 3});
    std::vector<Row> expected;
    for (std::uint32_t i = 0; i < 512 * 300; ++i) {
        expected.push_back({0, i * 19000u, i * 19000u + 1 + i % 3, ""});
        writer.add(0, expected.back().begin, expected.back().end, "");
    }
    writer.close();
    CHECK(rows_of(read_file(path)) == expected);  // past 2^31 too
}

TEST_CASE("bigBed without rows is readable") {
    test::TemporaryFolder folder;
    BigBedWriter writer(folder.file("x.bb"), {{"b", 5, {}}, {"a", 7, {}}}, kFields);
    writer.close();
    CHECK(rows_of(read_file(folder.file("x.bb"))).empty());
    const auto track = tracks::read_track_file(folder.file("x.bb"));
    CHECK(track.zoom_levels == 0);
    CHECK((track.contigs.size() == 2 && track.contigs[0].name == "a"));
}

TEST_CASE("bigBed: summary and zoom levels hold the depth of overlapping rows") {
    using Span = std::tuple<std::uint32_t, std::uint32_t, std::uint32_t, std::uint32_t>;
    std::vector<Span> spans;
    tracks::CoverageDepth coverage([&](auto... span) { spans.emplace_back(span...); });
    const std::vector<Row> rows{
        {0, 10, 20, ""}, {0, 15, 30, ""}, {0, 15, 16, ""}, {2, 0, 3000, ""}};
    for (const Row& row : rows) coverage.add(row.contig, row.begin, row.end);
    coverage.finish();
    CHECK(spans ==
          std::vector<Span>{
              {0, 10, 15, 1}, {0, 15, 16, 3}, {0, 16, 20, 2}, {0, 20, 30, 1}, {2, 0, 3000, 1}});

    test::TemporaryFolder folder;
    BigBedWriter writer(folder.file("x.bb"), {{"a", 40, {}}, {"b", 9, {}}, {"c", 5000, {}}},
                        {"table t", 3, 3});
    for (const Row& row : rows) writer.add(row.contig, row.begin, row.end, "");
    writer.close();
    const std::string file = read_file(folder.file("x.bb"));
    const auto summary = value_at<std::uint64_t>(file, 44);
    CHECK(value_at<std::uint64_t>(file, summary) == 3020);
    CHECK(value_at<double>(file, summary + 8) == 1);
    CHECK(value_at<double>(file, summary + 16) == 3);
    CHECK(value_at<double>(file, summary + 24) == 10 + 15 + 1 + 3000);
    CHECK(value_at<double>(file, summary + 32) == 5 + 9 + 4 * 4 + 10 + 3000);
    const auto zooms = test::zooms_of(file);
    REQUIRE(zooms.size() == 3);  // of 12 + 1, 3 + 1, 1 + 1 windows
    CHECK((zooms[0].width == 256 && zooms[0].records.size() == 13));
    CHECK((zooms[2].width == 4096 && zooms[2].records.size() == 2));
    const auto &first = zooms[0].records[0], &last = zooms[0].records.back();
    CHECK((first.contig == 0 && first.begin == 10 && first.end == 30 && first.bases == 20));
    CHECK((first.smallest == 1 && first.largest == 3 && first.sum == 26));
    CHECK((last.contig == 2 && last.begin == 2816 && last.end == 3000 && last.sum == 184));
}

TEST_CASE("bigBed refuses rows and contigs that it cannot hold") {
    test::TemporaryFolder folder;
    const std::string path = folder.file("x.bb");
    const auto message = [&](auto action) {
        BigBedWriter writer(path, {{"b", 50, {}}, {"a", 70, {}}}, kFields);
        writer.add(1, 10, 20, "x");
        const Error error = test::error_of([&] { action(writer); });
        CHECK(error.kind() == ErrorKind::run_failed);
        return std::string(error.what());
    };
    using Writer = BigBedWriter&;
    CHECK(test::contains(message([](Writer w) { w.add(1, 9, 20, "x"); }), "sorted by start"));
    CHECK(test::contains(message([](Writer w) { w.add(1, 60, 71, "x"); }), "inside [0, 70)"));
    CHECK(test::contains(message([](Writer w) { w.add(1, 20, 20, "x"); }), "[20, 20)"));
    CHECK(test::contains(message([](Writer w) { w.add(2, 1, 2, "x"); }), "contig number 2"));
    CHECK(test::contains(message([](Writer w) { w.add(1, 20, 21, "x\ty"); }), "5 columns"));
    CHECK(test::contains(message([](Writer w) { w.add(1, 20, 21, ""); }), "3 columns"));
    CHECK(test::contains(message([](Writer w) { w.add(1, 20, 21, "x\ny"); }), "line end"));
    CHECK(test::contains(message([](Writer w) {
                             w.add(0, 1, 2, "x");
                             w.add(1, 30, 31, "x");
                         }),
                         "contig a after b"));
    CHECK(!std::filesystem::exists(path));
    const auto contigs = [&](std::vector<genome::Contig> all) {
        return std::string(test::error_of([&] { BigBedWriter(path, all, kFields); }).what());
    };
    CHECK(test::contains(contigs({}), "without contigs"));
    CHECK(test::contains(contigs({{"a", std::int64_t{1} << 32, {}}}), "length 4294967296"));
    CHECK(test::contains(contigs({{"a", 1, {}}, {"a", 1, {}}}), "twice"));
    CHECK(std::filesystem::is_empty(folder.path()));
}

TEST_CASE("bigBed on a full disk: an error and no file, wherever it strikes") {
    test::TemporaryFolder folder;
    for (const std::int64_t bytes : {0, 310, 420, 2000, 5000}) {
        const Error error = test::error_of([&] {
            fail_writes_after(bytes);
            BigBedWriter writer(folder.file("x.bb"), {{"a", 1000000, {}}}, kFields);
            for (int i = 0; i < 5000; ++i) writer.add(0, i * 100, i * 100 + 7, std::to_string(i));
            writer.close();
        });
        fail_writes_after(-1);
        CHECK(error.kind() == ErrorKind::run_failed);
        CHECK(test::contains(error.what(), "x.bb: cannot write"));
        CHECK(std::filesystem::is_empty(folder.path()));
    }
}

TEST_CASE("a damaged or foreign file is no track") {
    test::TemporaryFolder folder;
    const std::string path = folder.file("x.bb");
    BigBedWriter writer(path, {{"a", 100, {}}}, kFields);
    writer.add(0, 1, 2, "x");
    writer.close();
    const std::string whole = read_file(path);
    const auto message = [&](const std::string& bytes) {
        write_file_atomically(path, bytes);
        const Error error = test::error_of([&] { tracks::read_track_file(path); });
        CHECK(error.kind() == ErrorKind::bad_input);
        return std::string(error.what());
    };
    CHECK(test::contains(message(""), "neither"));
    CHECK(test::contains(message("chr1\t1\t2\n"), "neither"));
    CHECK(test::contains(message(whole.substr(0, whole.size() - 1)), "cut short"));
    std::string lost = whole;
    lost[8] = '\1';  // where the tree of contigs is
    CHECK(test::contains(message(lost), "damaged"));
    lost[15] = '\x7f';
    CHECK(test::contains(message(lost), "damaged"));
}
