#include <fmt/format.h>

#include "core/random.hpp"
#include "unit/hts/variants.hpp"

using namespace dna_hnet;
using namespace dna_hnet::hts;
using test::contains;
using test::count_records;
using test::error_of;
using test::put;
using test::vcf;

namespace {

// The error of reading all of a file, which is bad_input and names the file.
Error refusal(const std::string& path) {
    const Error error = error_of([&] { count_records(path); });
    CHECK(error.kind() == ErrorKind::bad_input);
    CHECK(contains(error.what(), path));
    CHECK_FALSE(contains(error.what(), "\n"));
    return error;
}

}  // namespace

TEST_CASE("what is no VCF is refused when it is opened") {
    test::TemporaryFolder folder;
    CHECK(contains(refusal(folder.file("none.vcf")).what(), "No such file"));
    CHECK(contains(refusal(folder.path().string()).what(), "cannot open"));
    for (const std::string bytes :
         {"", ">chr1\nACGT\n", "chr1\t1\t2\n", "\x1f\x8b\x01", "BCF\2\2"}) {
        refusal(put(folder, "a.vcf", bytes));
    }
    refusal(test::put_bgzip(folder, "a.gz", "chr1\t1\t2\n"));
    const std::string start = "##fileformat=VCFv4.2\n";
    CHECK(contains(refusal(put(folder, "b.vcf", start)).what(), "#CHROM"));
    CHECK(contains(refusal(put(folder, "b.vcf", start + "chr1\t1\t.\tA\tC\t.\t.\t.\n")).what(),
                   "#CHROM"));
    CHECK(contains(refusal(put(folder, "b.vcf", start + "#CHROM\tPOS\tID\n")).what(), "header"));
    refusal(put(folder, "b.vcf", start + test::kVcfColumns + "\tFORMAT\tS\tS\n"));
}

TEST_CASE("a malformed record is refused with its number and place") {
    test::TemporaryFolder folder;
    const std::string good = "chr1\t5\t.\tA\tC\t.\t.\t.\n";
    const std::string zero(1, '\0');
    const std::vector<std::pair<std::string, std::string>> cases{
        {"chr1\t6\t.\tA\n", "record 2 (chr1:6): got 4 columns, expected 8"},
        {"chr1\t6\t.\tA\tC\t.\t.\t.\tGT\t0\n", "record 2 (chr1:6): got 10 columns, expected 8"},
        {"\n", "record 2: got 1 columns, expected 8"},
        {"chr1\tsix\t.\tA\tC\t.\t.\t.\n", "record 2: POS is 'six', expected a number"},
        {"chr1\t-6\t.\tA\tC\t.\t.\t.\n", "record 2: POS is '-6', expected a number"},
        {"chr1\t99999999999999999999\t.\tA\tC\t.\t.\t.\n", "record 2: POS is"},
        {"\t6\t.\tA\tC\t.\t.\t.\n", "record 2: CHROM is empty"},
        {"a,b\t6\t.\tA\tC\t.\t.\t.\n", "record 2 (a,b:6): no contig can have this name"},
        {"chr1\t6\t.\t\tC\t.\t.\t.\n", "record 2 (chr1:6): REF is empty or not text"},
        {"chr1\t6\t.\tA\t\t.\t.\t.\n", "record 2 (chr1:6): ALT is empty or not text"},
        {"chr1\t6\t.\tA\tC,,G\t.\t.\t.\n", "record 2 (chr1:6): ALT has an empty allele"},
        {"chr1\t6\t.\tA\tC\thigh\t.\t.\n",
         "record 2 (chr1:6): QUAL is 'high', expected a number or '.'"},
        {"chr1\t6\t.\tA\tC\t.\t.\t.\x01\n", "record 2 (chr1:6): byte 0x01 at 19 of its line"},
        {"chr1\t6\t.\tA" + zero + "\tC\t.\t.\t.\n", "record 2 (chr1:6): byte 0x00 at 11"},
        {"\x80\xff\x13\t\x7f\n", "record 2: byte 0x13 at 3"},
        {"chr1\t6\t.\tA\tC\t.\t.\ta,b=1\n", "record 2 (chr1:6): a name in FILTER, INFO"},
        {"chr1\t6\t.\tA\tC\t.\t.\tDP=1", "record 2 (chr1:6): truncated: no newline"},
        {"chr1\t6\t.\tA\tC", "record 2 (chr1:6): truncated: got 5 columns, expected 8"},
        {"chr1\t6", "record 2 (chr1:6): truncated: got 2 columns"},
        {"ch", "record 2: truncated: got 1 columns"}};
    for (const auto& [line, expected] : cases) {
        INFO(line);
        const Error error = refusal(put(folder, "a.vcf", vcf(good + line)));
        INFO(error.what());
        CHECK(contains(error.what(), "a.vcf: " + expected));
        CHECK(contains(refusal(test::put_bgzip(folder, "a.vcf.gz", vcf(good + line))).what(),
                       expected));
    }
    const std::string samples = test::kVcfHeader + test::kVcfColumns + "\tFORMAT\tS1\tS2\n";
    for (const std::string rest :
         {"GT\t0/1\n", "GT\t0/1\t0/1\t0/1\n", "GT\t0/1:5\t0\n", "GT\tA/C\t0\n", "GQ\tab\t5\n",
          "GT\t0/99999999999\t0\n", "GT:.\t0\t1\n", "\n"}) {
        INFO(rest);
        CHECK(contains(
            refusal(put(folder, "s.vcf", samples + "chr1\t6\t.\tA\tC\t.\t.\t.\t" + rest)).what(),
            "s.vcf: record 1 (chr1:6): "));
    }
}

TEST_CASE("a file that is cut anywhere is refused") {
    test::TemporaryFolder folder;
    const std::string plain = put(folder, "a.vcf", test::kVcfText);
    const std::size_t header = test::kVcfText.size() - test::kVcfRecords.size();
    for (std::size_t size = 1; size < test::kVcfText.size(); ++size) {
        put(folder, "cut.vcf", test::kVcfText.substr(0, size));
        // Between two records nothing tells.
        if (size >= header && test::kVcfText[size - 1] == '\n') {
            CHECK(count_records(folder.file("cut.vcf")) < 5);
        } else {
            INFO(size);
            refusal(folder.file("cut.vcf"));
        }
    }
    for (const char type : {'z', 'b'}) {
        const std::string whole = folder.file(std::string("whole.") + type);
        test::convert(plain, whole, type);
        const std::string bytes = read_file(whole);
        for (std::size_t size = 0; size < bytes.size(); ++size) {
            INFO(type << " " << size);
            refusal(put(folder, "cut", bytes.substr(0, size)));
        }
        // The file ends well, but a block in it does not.
        std::string damaged = bytes;
        damaged[damaged.size() / 2] ^= 0x40;
        refusal(put(folder, "cut", damaged));
    }
    // Blocks of records before a damaged one are read, and counted.
    std::string many;
    for (int i = 1; i <= 20'000; ++i) many += fmt::format("chr1\t{}\t.\tA\tC\t.\t.\t.\n", i);
    std::string bytes = read_file(test::put_bgzip(folder, "many.vcf.gz", vcf(many)));
    bytes[bytes.size() - 100] ^= 0x40;
    const Error error = refusal(put(folder, "many.vcf.gz", bytes));
    CHECK(contains(error.what(), "damaged or truncated after record 1"));
}

TEST_CASE("bytes of chance in a BCF end in an error or in records, not in a crash") {
    test::TemporaryFolder folder;
    const std::string plain = put(folder, "a.vcf", test::kVcfText);
    test::convert(plain, folder.file("a.bcf"), 'u');
    const std::string bytes = read_file(folder.file("a.bcf"));
    const std::size_t header = bytes.find(std::string("S2\n") + '\0') + 4;
    REQUIRE(header < bytes.size());
    Random random(5, 1);
    int refused = 0;
    for (int round = 0; round < 400; ++round) {
        std::string changed = bytes;
        changed[header + random.below(bytes.size() - header)] =
            static_cast<char>(random.below(256));
        put(folder, "b.bcf", changed);
        try {
            VariantFile file(folder.file("b.bcf"));
            VariantRecord record;
            while (file.next(record)) {
                for (int sample : {0, 1}) static_cast<void>(file.genotype(record, sample));
            }
            test::convert(folder.file("b.bcf"), folder.file("c"), round % 2 == 0 ? 'v' : 'b');
        } catch (const Error& error) {
            CHECK(error.kind() == ErrorKind::bad_input);
            ++refused;
        }
    }
    CHECK(refused > 50);
}

TEST_CASE("records that are not sorted are refused") {
    test::TemporaryFolder folder;
    const auto record = [](const std::string& contig, int position) {
        return fmt::format("{}\t{}\t.\tA\tC\t.\t.\t.\n", contig, position);
    };
    // Equal positions, contigs in any order, and one that the header does not declare, are fine.
    CHECK(count_records(put(folder, "a.vcf",
                            vcf(record("chr2", 0) + record("chr2", 7) + record("chr2", 7) +
                                record("other", 9) + record("chr1", 1)))) == 5);
    const std::string back = vcf(record("chr1", 7) + record("chr1", 8) + record("chr1", 6));
    const std::string apart = vcf(record("chr1", 7) + record("new", 1) + record("chr1", 8));
    Error error = refusal(put(folder, "a.vcf", back));
    CHECK(contains(error.what(),
                   "a.vcf: record 3 (chr1:6): not sorted: the record before it is at 8"));
    CHECK(contains(error.hint(), "sort it with bcftools sort"));
    error = refusal(put(folder, "a.vcf", apart));
    CHECK(
        contains(error.what(), "a.vcf: record 3 (chr1:8): not sorted: its contig's other records"));
    CHECK(contains(error.hint(), "sort it with bcftools sort"));
}
