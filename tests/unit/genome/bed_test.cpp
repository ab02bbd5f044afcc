#include "genome/bed.hpp"

#include "support/memory_reference.hpp"
#include "support/test.hpp"

using namespace dna_hnet;
using namespace dna_hnet::genome;
using test::contains;
using test::error_of;

namespace {

std::string failure(const std::vector<std::string>& lines) {
    BedParser parser("r.bed");
    BedRecord record;
    const Error error = error_of([&] {
        for (const std::string& line : lines) parser.parse_line(line, record);
    });
    CHECK(error.kind() == ErrorKind::bad_input);
    return error.what();
}

}  // namespace

TEST_CASE("BED lines become records") {
    BedParser parser("r.bed");
    BedRecord record;
    CHECK_FALSE(parser.parse_line("#chrom\tstart\tend", record));
    CHECK_FALSE(parser.parse_line("track name=x", record));
    CHECK_FALSE(parser.parse_line("browser position chr1:1-2", record));
    CHECK_FALSE(parser.parse_line("", record));
    CHECK_FALSE(parser.parse_line("\r", record));
    REQUIRE(parser.parse_line("chr1\t5\t10\tCpG: 30\t0\t-\ta\tb\r", record));
    CHECK(record.contig == "chr1");
    CHECK(record.begin == 5);
    CHECK(record.end == 10);
    CHECK(record.name == "CpG: 30");
    CHECK(record.score == "0");
    CHECK(record.strand == '-');
    CHECK(record.rest == std::vector<std::string>{"a", "b"});
    CHECK(record.line == 6);

    BedParser blanks("b.bed");
    REQUIRE(blanks.parse_line("track1  7 7", record));
    CHECK(record.contig == "track1");
    CHECK(record.begin == 7);
    CHECK(record.strand == '.');
    CHECK(record.name.empty());
}

TEST_CASE("malformed BED lines are refused with their place") {
    CHECK(failure({"# x", "chr1\t100\t90"}) == "r.bed:2: end 90 is before begin 100");
    CHECK(contains(failure({"chr1\t1"}), "r.bed:1: 2 columns, expected at least 3"));
    CHECK(contains(failure({"chr1\t1\t2\tx", "chr1\t1\t2"}), "r.bed:2: 3 columns, expected 4"));
    CHECK(contains(failure({"chr1\t1x\t2"}), "begin '1x'"));
    CHECK(contains(failure({"chr1\t1\t"}), "end ''"));
    CHECK(contains(failure({"chr1\t-1\t2"}), "begin '-1'"));
    CHECK(contains(failure({"chr1\t1\t99999999999999999999"}), "end '99999999999999999999'"));
    CHECK(contains(failure({"\t1\t2"}), "contig name is empty"));
    CHECK(contains(failure({"chr1\t1\t2\tn\t0\tx"}), "strand 'x'"));
}

TEST_CASE("records resolve against a reference") {
    test::MemoryReference reference({{"chr1", "ACGT"}, {"chr2", "ACGTACGT"}});
    const ContigTable table(reference);
    BedRecord record;
    record.contig = "chr2";
    record.begin = 2;
    record.end = 8;
    record.line = 17;
    CHECK(resolve(record, reference, "r.bed") == Interval{1, 2, 8});
    CHECK(resolve(record, table, "r.bed") == Interval{1, 2, 8});
    record.end = 9;
    CHECK(contains(error_of([&] { resolve(record, reference, "r.bed"); }).what(),
                   "r.bed:17: end 9 is past the end of chr2 (8) in g.fa"));
    record.contig = "2";
    CHECK(std::string(error_of([&] { resolve(record, table, "r.bed"); }).what()) ==
          "r.bed:17: g.fa: no contig '2': the FASTA has 'chr2', not '2'");
}

TEST_CASE("unsorted BED is refused") {
    const auto records = [](const std::vector<std::pair<std::string, std::int64_t>>& rows) {
        std::vector<BedRecord> result;
        for (const auto& [contig, begin] : rows) {
            result.emplace_back();
            result.back().contig = contig;
            result.back().begin = result.back().end = begin;
            result.back().line = static_cast<std::int64_t>(result.size());
        }
        return result;
    };
    CHECK_NOTHROW(require_sorted(records({{"b", 5}, {"b", 5}, {"a", 1}}), "r.bed"));
    CHECK(contains(error_of([&] {
                       require_sorted(records({{"a", 5}, {"a", 4}}), "r.bed");
                   }).what(),
                   "r.bed:2"));
    CHECK(contains(error_of([&] {
                       require_sorted(records({{"a", 5}, {"b", 4}, {"a", 9}}), "r.bed");
                   }).what(),
                   "r.bed:3: a comes back"));
}
