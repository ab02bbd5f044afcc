#include "genome/splits.hpp"

#include "support/memory_reference.hpp"
#include "support/test.hpp"

using namespace dna_hnet;
using namespace dna_hnet::genome;
using test::contains;
using test::error_of;
using test::MemoryReference;

namespace {

std::vector<BedRecord> bed(const std::vector<std::string>& lines) {
    BedParser parser("s.bed");
    std::vector<BedRecord> records;
    for (const std::string& line : lines) {
        records.emplace_back();
        REQUIRE(parser.parse_line(line, records.back()));
    }
    return records;
}

MemoryReference small() {
    return MemoryReference({{"chr1", std::string(100, 'A')},
                            {"chr20", std::string(55, 'A')},
                            {"chr20_KI_alt", "ACG"},
                            {"chrUn_1", "ACG"},
                            {"HLA:A*01", "ACG"},
                            {"chr2", "A"}});
}

}  // namespace

TEST_CASE("the default is the last tenth of each contig") {
    auto reference = small();
    const SplitResult result = make_splits(reference, {});
    CHECK(result.by_default);
    CHECK(result.left_out == std::vector<std::string>{"chr20_KI_alt", "chrUn_1", "HLA:A*01"});
    CHECK(result.table.train == std::vector<Interval>{{0, 0, 90}, {1, 0, 50}, {5, 0, 1}});
    CHECK(result.table.valid == std::vector<Interval>{{0, 90, 100}, {1, 50, 55}});
    CHECK(result.table.test.empty());
}

TEST_CASE("named contigs are held out with what stands on them") {
    auto reference = small();
    SplitOptions options;
    options.valid_contigs = {"chr20"};
    options.test_contigs = {"chr2"};
    SplitResult result = make_splits(reference, options);
    CHECK_FALSE(result.by_default);
    CHECK(result.table.train == std::vector<Interval>{{0, 0, 100}});
    CHECK(result.table.valid == std::vector<Interval>{{1, 0, 55}});
    CHECK(result.table.test == std::vector<Interval>{{5, 0, 1}});
    options.include_alt = true;
    result = make_splits(reference, options);
    CHECK(result.left_out.empty());
    CHECK(result.table.valid == std::vector<Interval>{{1, 0, 55}, {2, 0, 3}});
    CHECK(result.table.train == std::vector<Interval>{{0, 0, 100}, {3, 0, 3}, {4, 0, 3}});

    options.test_contigs = {"chr20"};
    CHECK(error_of([&] { make_splits(reference, options); }).kind() == ErrorKind::usage);
    options.test_contigs = {"20"};
    CHECK(contains(error_of([&] { make_splits(reference, options); }).what(), "has 'chr20'"));
    options = {};
    options.test_contigs = {"chrUn_1"};
    CHECK(contains(error_of([&] { make_splits(reference, options); }).hint(), "--include-alt"));
    options.test_contigs = {"chr1", "chr2"};
    options.valid_contigs = {"chr20"};
    CHECK(contains(error_of([&] { make_splits(reference, options); }).what(), "no contig is left"));
}

TEST_CASE("labels do not hide alternative contigs") {
    MemoryReference reference(
        {{"hap1#chr1", "ACGT"}, {"x#chrUn_2", "ACGT"}, {"x#chr6_apd_hap1", "A"}});
    CHECK(make_splits(reference, {}).left_out ==
          std::vector<std::string>{"x#chrUn_2", "x#chr6_apd_hap1"});
}

TEST_CASE(
    "contigs are left out by the endings and beginnings that assemblies use, not by what lies "
    "between") {
    const std::vector<std::string> out = {
        "chr6_apd_hap1", "chr17_ctg5_hap1",      "chr1_KI1_alt", "chr1_KN1v1_fix",
        "chrUn_x_decoy", "chr1_gl000191_random", "chrUn",        "chrUn_KI270302v1",
        "HLA-A*01:01",   "HLA:HLA00001"};
    const std::vector<std::string> kept = {
        "chaperone1", "haplotig_3", "chr1_haploid", "chr1_hap",      "chr1_hap1_2", "random_1",
        "alt",        "chrUncut",   "HLAmbda",      "decoy_of_chr1", "chr1_fixed"};
    for (const std::string& name : out) {
        INFO(name);
        MemoryReference reference({{"chr1", "ACGT"}, {name, "ACGT"}});
        CHECK(make_splits(reference, {}).left_out == std::vector<std::string>{name});
    }
    for (const std::string& name : kept) {
        INFO(name);
        MemoryReference reference({{"chr1", "ACGT"}, {name, "ACGT"}});
        CHECK(make_splits(reference, {}).left_out.empty());
    }
}

TEST_CASE("a BED gives the splits; rows outside the reference are counted") {
    auto reference = small();
    SplitOptions options;
    options.bed_place = "s.bed";
    options.bed = bed({"chr1\t10\t30\ttrain", "chr1\t20\t40\ttrain", "chr1\t40\t50\tvalid",
                       "chr1\t90\t101\ttest", "chr7\t0\t5\ttest", "chrUn_1\t0\t3\ttest",
                       "chr20\t0\t55\ttest"});
    const SplitResult result = make_splits(reference, options);
    CHECK(result.skipped.without_contig == 2);
    CHECK(result.skipped.past_end == 1);
    CHECK(result.table.train == std::vector<Interval>{{0, 10, 40}});
    CHECK(result.table.valid == std::vector<Interval>{{0, 40, 50}});
    CHECK(result.table.test == std::vector<Interval>{{1, 0, 55}});

    const auto runs = result.table.runs({0, 5, 60});
    REQUIRE(runs.size() == 4);
    CHECK(runs[0] == std::pair(Interval{0, 5, 10}, Split::none));
    CHECK(runs[1] == std::pair(Interval{0, 10, 40}, Split::train));
    CHECK(runs[2] == std::pair(Interval{0, 40, 50}, Split::valid));
    CHECK(runs[3] == std::pair(Interval{0, 50, 60}, Split::none));
    CHECK(result.table.runs({0, 15, 25}) ==
          std::vector<std::pair<Interval, Split>>{{{0, 15, 25}, Split::train}});
    CHECK(result.table.runs({5, 0, 1}) ==
          std::vector<std::pair<Interval, Split>>{{{5, 0, 1}, Split::none}});
    CHECK(result.table.runs({0, 3, 3}).empty());
    CHECK(split_name(Split::none) == "none");
    CHECK(split_name(Split::valid) == "valid");

    options.bed = bed({"chr1\t0\t10\ttrain", "chr1\t9\t12\ttest"});
    const Error overlap = error_of([&] { make_splits(reference, options); });
    CHECK(overlap.kind() == ErrorKind::bad_input);
    CHECK(contains(overlap.what(), "chr1:10-10 is in both train and test"));
    options.bed = bed({"chr1\t0\t10\ttraining"});
    CHECK(contains(error_of([&] { make_splits(reference, options); }).what(),
                   "s.bed:1: column 4 is 'training'"));
    options.bed = bed({"1\t0\t10\ttrain"});
    CHECK(contains(error_of([&] { make_splits(reference, options); }).what(),
                   "none of the 1 intervals"));
    options.valid_contigs = {"chr1"};
    CHECK(error_of([&] { make_splits(reference, options); }).kind() == ErrorKind::usage);
}
