#include "hts/alignment_file.hpp"

#include "support/memory_reference.hpp"
#include "unit/hts/files.hpp"

using namespace dna_hnet;
using genome::AlignedRead;
using genome::Interval;

namespace {

test::MemoryReference reference_of_reads() {
    return test::MemoryReference({{"chr1", std::string(100, 'A')}, {"chr2", std::string(50, 'C')}});
}

const std::string kHeader =
    "@HD\tVN:1.6\n@SQ\tSN:chrU\tLN:200\n@SQ\tSN:chr1\tLN:100\n@SQ\tSN:chr2\tLN:90\n";

std::string record(const std::string& name, int flag, const std::string& contig, int position,
                   const std::string& cigar, const std::string& bases, const std::string& qualities,
                   int mapping_quality = 60, const std::string& tags = "") {
    return name + "\t" + std::to_string(flag) + "\t" + contig + "\t" + std::to_string(position) +
           "\t" + std::to_string(mapping_quality) + "\t" + cigar + "\t*\t0\t0\t" + bases + "\t" +
           qualities + tags + "\n";
}

struct Result {
    std::vector<AlignedRead> reads;
    genome::ReadCounts counts;
};

Result read_all(const std::string& records, const genome::ReadFilter& filter = {}) {
    const test::TemporaryFolder folder;
    const std::string path = test::put(folder, "x.sam", kHeader + records);
    const auto reference = reference_of_reads();
    const auto file = hts::AlignmentFile::open(path, reference, filter);
    Result result;
    for (AlignedRead read; file->next(read);) result.reads.push_back(read);
    result.counts = file->counts();
    return result;
}

}  // namespace

TEST_CASE("an alignment is cut to the bases that it places") {
    // Soft clips go, insertions stay, deletions are covered by no base.
    const auto [reads, counts] = read_all(record("r", 16, "chr1", 11, "2S3M1I2M2D3M1S",
                                                 "GGACGTTACGTC", "IIIIIIIIIIII", 37, "\tNM:i:3"));
    REQUIRE(reads.size() == 1);
    const AlignedRead& read = reads[0];
    CHECK(read.name == "r");
    CHECK(read.flag == 16);
    CHECK(read.mapping_quality == 37);
    CHECK(read.edit_distance == 3);
    CHECK(read.strand == genome::Strand::reverse);
    CHECK(read.place == Interval{0, 10, 20});
    CHECK(test::letters_of(read.bases) == "ACGTTACGT");
    CHECK(read.blocks == std::vector<Interval>{{0, 10, 20}});
    CHECK(read.masked == 0);
    CHECK(read.masked_columns.empty());
}

TEST_CASE("skipped reference is in no block") {
    const auto [reads, counts] = read_all(record("r", 0, "chr2", 1, "3M5N2M1D1M", "ACGTTA", "*"));
    REQUIRE(reads.size() == 1);
    CHECK(reads[0].place == Interval{1, 0, 12});
    CHECK(reads[0].blocks == std::vector<Interval>{{1, 0, 3}, {1, 8, 12}});
    // Without the tag: ACG against CCC, TT against CC, one deleted base, A against C.
    CHECK(reads[0].edit_distance == 6);
}

TEST_CASE("bases below the least quality are N, and so are their columns") {
    genome::ReadFilter filter;
    filter.min_base_quality = 20;
    // '5' is quality 20, '4' is 19. The N of the read itself counts too; an inserted base has no
    // column.
    const auto [reads, counts] =
        read_all(record("r", 0, "chr1", 5, "2M1I3M", "ACGNTA", "454555"), filter);
    REQUIRE(reads.size() == 1);
    CHECK(test::letters_of(reads[0].bases) == "NCNNTA");
    CHECK(reads[0].masked == 3);
    CHECK(reads[0].masked_columns == std::vector<std::int64_t>{4, 6});
    // Without qualities nothing is masked.
    const auto bare = read_all(record("r", 0, "chr1", 5, "6M", "ACGTTA", "*"), filter);
    CHECK(test::letters_of(bare.reads[0].bases) == "ACGTTA");
}

TEST_CASE("every record is counted") {
    const auto [reads, counts] =
        read_all(record("a", 0, "chr1", 1, "4M", "ACGT", "IIII") +
                 record("b", 0x100 | 0x400, "chr1", 1, "4M", "ACGT", "IIII") +
                 record("c", 0x800, "chr1", 1, "4M", "ACGT", "IIII") +
                 record("d", 0x200, "chr1", 1, "4M", "ACGT", "IIII") +
                 record("e", 0, "chrU", 1, "4M", "ACGT", "IIII") +
                 record("f", 0, "chr2", 48, "4M", "ACGT", "IIII") +
                 record("g", 0, "chr2", 47, "4M", "ACGT", "IIII") +
                 record("h", 0, "chr1", 1, "4M", "*", "*") +
                 record("i", 0, "chr1", 1, "2S2I", "ACGT", "IIII") +
                 record("j", 4, "*", 0, "*", "ACGT", "IIII", 0));
    REQUIRE(reads.size() == 2);
    CHECK(reads[0].name == "a");
    CHECK(reads[1].name == "g");
    CHECK(counts.records == 10);
    CHECK(counts.unmapped == 1);
    CHECK(counts.secondary == 1);
    CHECK(counts.duplicate == 1);
    CHECK(counts.supplementary == 1);
    CHECK(counts.quality_fail == 1);
    CHECK(counts.other_flags == 0);
    CHECK(counts.passed == 6);
    CHECK(counts.unknown_contig == 1);
    CHECK(counts.past_end == 1);
    CHECK(counts.without_sequence == 2);
    CHECK(counts.used == 2);
}

TEST_CASE("the filter of reads can be changed") {
    genome::ReadFilter filter;
    filter.excluded_flags = genome::ReadFilter::kUnmapped | 0x10;
    filter.min_mapping_quality = 30;
    const auto [reads, counts] = read_all(record("a", 0x400, "chr1", 1, "4M", "ACGT", "IIII") +
                                              record("b", 0x10, "chr1", 1, "4M", "ACGT", "IIII") +
                                              record("c", 0, "chr1", 1, "4M", "ACGT", "IIII", 29),
                                          filter);
    REQUIRE(reads.size() == 1);
    CHECK(reads[0].name == "a");
    CHECK(counts.duplicate == 0);
    CHECK(counts.other_flags == 1);
    CHECK(counts.low_mapping_quality == 1);
}

TEST_CASE("a file that holds no alignments is refused") {
    const test::TemporaryFolder folder;
    const auto reference = reference_of_reads();
    const auto problem = [&](const std::string& path,
                             std::optional<std::vector<Interval>> regions) {
        const Error error = test::error_of([&] {
            const auto file = hts::AlignmentFile::open(path, reference, {}, regions);
            for (AlignedRead read; file->next(read);) continue;
        });
        CHECK(error.kind() == ErrorKind::bad_input);
        return std::string(error.what());
    };
    CHECK(test::contains(problem(folder.file("none.bam"), std::nullopt), "none.bam: cannot open"));
    CHECK(test::contains(problem(test::put(folder, "x.bed", "chr1\t1\t2\n"), std::nullopt),
                         "neither SAM, BAM nor CRAM"));
    const std::string path = test::put(folder, "cut.sam", kHeader + "r\t0\tchr1\t1\n");
    CHECK(test::contains(problem(path, std::nullopt), "damaged or truncated after record 0"));
    CHECK(test::contains(problem(path, std::vector<Interval>{{0, 0, 10}}), "no index"));
}
