#include "tracks/bigbed_reader.hpp"

#include <fmt/format.h>

#include "core/atomic_file.hpp"
#include "support/test.hpp"

using namespace dna_hnet;
using tracks::BigBedFields;
using tracks::BigBedReader;
using tracks::BigBedWriter;

namespace {

const std::vector<genome::Contig> kContigs{
    {"chr2", 2'000'000, ""}, {"chr10", 50, ""}, {"chr1", 20, ""}};
const BigBedFields kFields{"table t\n\"x\"\n(\nstring chrom; \"c\"\n)\n", 5, 4};

std::string rest_of(std::int64_t begin) {
    return fmt::format("n{}\t{}", begin, begin % 7);
}

void write_example(const std::string& path) {
    BigBedWriter writer(path, kContigs, kFields);
    writer.add(2, 3, 9, "first\t1");
    for (std::int64_t begin = 0; begin + 10 <= 2'000'000; begin += 10) {
        writer.add(0, begin, begin + 7, rest_of(begin));
    }
    writer.close();
}

}  // namespace

TEST_CASE("a bigBed gives back its rows, its columns and its contigs") {
    test::TemporaryFolder folder;
    write_example(folder.file("x.bb"));
    BigBedReader reader(folder.file("x.bb"));
    REQUIRE(reader.contigs().size() == 3);
    CHECK(reader.contigs()[0].name == "chr1");
    CHECK(reader.contigs()[2].length == 2'000'000);
    CHECK(reader.fields().auto_sql == kFields.auto_sql);
    CHECK(reader.fields().count == 5);
    CHECK(reader.fields().bed_fields == 4);
    BigBedReader::Row row;
    REQUIRE(reader.next(row));
    CHECK(row.contig == 0);
    CHECK(row.begin == 3);
    CHECK(row.end == 9);
    CHECK(row.rest == "first\t1");
    for (std::int64_t begin = 0; begin + 10 <= 2'000'000; begin += 10) {
        if (!reader.next(row) || row.contig != 2 || row.begin != begin || row.end != begin + 7 ||
            row.rest != rest_of(begin)) {
            FAIL("row at " << begin << ": got " << row.begin << " " << row.end << " " << row.rest);
        }
    }
    CHECK_FALSE(reader.next(row));
    CHECK_FALSE(reader.next(row));
    CHECK(tracks::is_bigbed(folder.file("x.bb")));
}

TEST_CASE("a bigBed without rows, and files that are none") {
    test::TemporaryFolder folder;
    BigBedWriter(folder.file("empty.bb"), kContigs, kFields).close();
    BigBedReader reader(folder.file("empty.bb"));
    CHECK(reader.contigs().size() == 3);
    BigBedReader::Row row;
    CHECK_FALSE(reader.next(row));

    write_example(folder.file("x.bb"));
    const std::string whole = read_file(folder.file("x.bb"));
    write_file_atomically(folder.file("text.bb"), "chr1\t0\t5\n");
    write_file_atomically(folder.file("cut.bb"), whole.substr(0, whole.size() / 2));
    for (const char* name : {"text.bb", "cut.bb", "missing.bb"}) {
        INFO(name);
        const auto error = test::error_of([&] { BigBedReader damaged(folder.file(name)); });
        CHECK(error.kind() == ErrorKind::bad_input);
        CHECK(test::contains(error.what(), name));
    }
    CHECK_FALSE(tracks::is_bigbed(folder.file("text.bb")));
    CHECK_FALSE(tracks::is_bigbed(folder.file("missing.bb")));

    // The announced number of rows, first of the data.
    std::string more = whole;
    std::uint64_t data = 0;
    std::memcpy(&data, more.data() + 16, 8);
    ++more[data];
    write_file_atomically(folder.file("more.bb"), more);
    BigBedReader fewer(folder.file("more.bb"));
    const auto error = test::error_of([&] {
        while (fewer.next(row)) {
        }
    });
    CHECK(test::contains(error.what(), "damaged: 200001 rows, but it announces 200002"));
}
