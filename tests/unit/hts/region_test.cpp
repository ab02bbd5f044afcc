#include "hts/indexed_fasta.hpp"
#include "support/memory_reference.hpp"
#include "unit/hts/files.hpp"

using namespace dna_hnet;
using namespace dna_hnet::hts;
using genome::Interval;
using test::contains;
using test::error_of;

namespace {

test::MemoryReference reference_of_names() {
    return test::MemoryReference({{"chr1", std::string(3000, 'A')},
                                  {"HLA:A*01", std::string(30, 'A')},
                                  {"a", std::string(30, 'A')},
                                  {"a:1-5", std::string(40, 'A')},
                                  {"one", "C"},
                                  {"empty", ""}});
}

}  // namespace

TEST_CASE("regions are 1-based and inclusive, as samtools reads them") {
    const auto reference = reference_of_names();
    const auto interval = [&](const std::string& text) {
        return parse_region(reference, text).interval;
    };
    CHECK(interval("chr1") == Interval{0, 0, 3000});
    CHECK(interval("chr1:1,000-2,000") == Interval{0, 999, 2000});
    CHECK(interval("chr1:5-5") == Interval{0, 4, 5});
    CHECK(interval("chr1:-100") == Interval{0, 0, 100});
    CHECK(interval("chr1:3000-3000") == Interval{0, 2999, 3000});
    CHECK(interval("{HLA:A*01}:1-10") == Interval{1, 0, 10});
    CHECK(interval("HLA:A*01") == Interval{1, 0, 30});
    CHECK(interval("HLA:A*01:5-6") == Interval{1, 4, 6});
    CHECK(interval("{a}:1-5") == Interval{2, 0, 5});
    CHECK(interval("{a:1-5}") == Interval{3, 0, 40});
    CHECK(interval("one") == Interval{4, 0, 1});
    CHECK(interval("one:1-1") == Interval{4, 0, 1});
    CHECK(interval("empty") == Interval{5, 0, 0});

    const ParsedRegion bare = parse_region(reference, "chr1:100");
    CHECK(bare.interval == Interval{0, 99, 3000});
    CHECK(bare.runs_to_end);
    CHECK(parse_region(reference, "{chr1}:1,000").runs_to_end);
    CHECK(parse_region(reference, "chr1:100-").interval == Interval{0, 99, 3000});
    CHECK_FALSE(parse_region(reference, "chr1:100-").runs_to_end);
    CHECK_FALSE(parse_region(reference, "chr1").runs_to_end);
    CHECK_FALSE(parse_region(reference, "{a:1-5}").runs_to_end);
}

TEST_CASE("regions outside the reference are refused") {
    const auto reference = reference_of_names();
    const auto failure = [&](const std::string& text) {
        const Error error = error_of([&] { parse_region(reference, text); });
        CHECK(error.kind() == ErrorKind::bad_input);
        return std::string(error.what());
    };
    CHECK(failure("1:100-200") == "g.fa: no contig '1': the FASTA has 'chr1', not '1'");
    CHECK(contains(failure("1"), "'chr1', not '1'"));
    CHECK(contains(failure("{chr2}:1-5"), "no contig 'chr2'"));
    CHECK(contains(failure("chr1:2990-3001"), "chr1:2990-3001 ends past the contig's end (3000)"));
    CHECK(contains(failure("chr1:3001"), "chr1:3001 begins past the contig's end (3000)"));
    CHECK(contains(failure("chr1:5000-6000"), "chr1:5000 begins past"));
    CHECK(contains(failure("chr1:99999999999999999999"), "begins past"));
    CHECK(contains(failure("one:1-2"), "one:1-2 ends past the contig's end (1)"));
    CHECK(contains(failure("empty:1-1"), "ends past"));
}

TEST_CASE("regions that cannot be read are usage errors") {
    const auto reference = reference_of_names();
    for (const std::string text :
         {"", ":1-5", "chr1:20-10", "chr1:x-5", "chr1:1-2x", "chr1:1-2-3", "chr1:0", "chr1:0-5",
          "chr1:00", "chr1:-", "{chr1", "{chr1}x:1-2", "chr1:5 - 9", "a:1-5"}) {
        INFO(text);
        const Error error = error_of([&] { parse_region(reference, text); });
        CHECK(error.kind() == ErrorKind::usage);
        CHECK(contains(error.what(), "'" + text + "'"));
        CHECK_FALSE(error.hint().empty());
    }
    CHECK(contains(error_of([&] { parse_region(reference, "chr1:20-10"); }).what(),
                   "end 10 is before begin 20"));
    CHECK(
        contains(error_of([&] { parse_region(reference, "a:1-5"); }).hint(), "{a:1-5} or {a}:1-5"));
}
