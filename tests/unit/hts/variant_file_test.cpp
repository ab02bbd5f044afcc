#include <sys/stat.h>

#include <thread>

#include "unit/hts/variants.hpp"

using namespace dna_hnet;
using namespace dna_hnet::hts;
using test::contains;
using test::count_records;
using test::error_of;
using test::put;
using test::vcf;

namespace {

Genotype genotype_of(const std::string& text, const std::string& alternatives = "C,G") {
    test::TemporaryFolder folder;
    VariantFile file(put(folder, "a.vcf",
                         test::kVcfHeader + test::kVcfColumns + "\tFORMAT\tS1\tS2\tS3\n" +
                             "chr1\t5\t.\tA\t" + alternatives + "\t.\t.\t.\tGT:GQ\t0|1|2:3\t" +
                             text + "\t1\n"));
    VariantRecord record;
    REQUIRE(file.next(record));
    const auto genotype = file.genotype(record, file.sample_index("S2"));
    REQUIRE(genotype);
    return *genotype;
}

}  // namespace

TEST_CASE("a VCF is read plain, compressed and as BCF") {
    test::TemporaryFolder folder;
    const std::string plain = put(folder, "a.vcf", test::kVcfText);
    std::string dos;
    for (const char letter : test::kVcfText)
        dos += letter == '\n' ? "\r\n" : std::string(1, letter);
    std::vector<std::string> paths{plain, test::put_bgzip(folder, "b.vcf.gz", test::kVcfText),
                                   put(folder, "dos.vcf", dos)};
    for (const char type : {'z', 'b', 'u', 'v'}) {
        paths.push_back(folder.file(std::string("copy.") + type));
        test::convert(plain, paths.back(), type);
    }
    if (test::has_program("gzip")) {
        paths.push_back(folder.file("plain.gz"));
        test::output_of("gzip -c " + plain + " > " + paths.back());
    }
    for (const std::string& path : paths) {
        INFO(path);
        VariantFile file(path);
        CHECK(file.path() == path);
        const auto contigs = file.contigs();
        REQUIRE(contigs.size() == 2);
        CHECK(contigs[0].name == "chr1");
        CHECK(contigs[0].length == 1000);
        CHECK(contigs[1].length == 0);
        VariantRecord record;
        REQUIRE(file.next(record));
        CHECK(record.variant().contig == "chr1");
        CHECK(record.variant().position == 9);
        CHECK(record.variant().ref == "A");
        CHECK(record.variant().alternatives == std::vector<std::string>{"C"});
        REQUIRE(file.next(record));
        CHECK(record.variant().alternatives == std::vector<std::string>{"A", "ACC", "<DEL>"});
        REQUIRE(file.next(record));
        CHECK(record.variant().alternatives.empty());
        VariantRecord moved = std::move(record);
        REQUIRE(file.next(record));
        CHECK(moved.variant().position == 11);
        CHECK(record.variant().position == 699'999'999);
        REQUIRE(file.next(record));
        CHECK(record.variant().contig == "chr2");
        CHECK_FALSE(file.next(record));
        CHECK_FALSE(file.next(record));
    }
}

TEST_CASE("stdin and pipes are read") {
    test::TemporaryFolder folder;
    put(folder, "a.vcf", test::kVcfText);
    test::convert(folder.file("a.vcf"), folder.file("a.vcf.gz"), 'z');
    test::convert(folder.file("a.vcf"), folder.file("a.bcf"), 'b');
    const std::string whole = read_file(folder.file("a.vcf.gz"));
    put(folder, "cut.gz", whole.substr(0, whole.size() - 28));
    for (const std::string name : {"a.vcf", "a.vcf.gz", "a.bcf", "cut.gz"}) {
        INFO(name);
        CHECK(test::in_child([&] {
                  int ends[2];
                  if (pipe(ends) != 0 || dup2(ends[0], 0) != 0) return 97;
                  const std::string bytes = read_file(folder.file(name));
                  if (write(ends[1], bytes.data(), bytes.size()) !=
                      static_cast<ssize_t>(bytes.size())) {
                      return 96;
                  }
                  close(ends[1]);
                  try {
                      return count_records("-");
                  } catch (const Error& error) {
                      return contains(error.what(), "-: truncated: the BGZF end-of-file") ? 50 : 51;
                  }
              }) == (name == "cut.gz" ? 50 : 5));
    }
    const std::string fifo = folder.file("fifo");
    REQUIRE(mkfifo(fifo.c_str(), 0600) == 0);
    std::thread writer([&] { std::ofstream(fifo, std::ios::binary) << test::kVcfText; });
    CHECK(count_records(fifo) == 5);
    writer.join();
}

TEST_CASE("POS 0, a long REF and many alternatives are read") {
    test::TemporaryFolder folder;
    const std::string long_ref(300'000, 'A');
    std::string alternatives = "C";
    for (int i = 1; i < 300; ++i)
        alternatives += ",C" + std::string(static_cast<std::size_t>(i), 'G');
    VariantFile file(put(folder, "a.vcf",
                         vcf("chr1\t0\t.\tA\tC\t.\t.\t.\nchr1\t1\t.\t" + long_ref + "\t" +
                             alternatives + "\t.\t.\t.\n")));
    VariantRecord record;
    REQUIRE(file.next(record));
    CHECK(record.variant().position == -1);
    REQUIRE(file.next(record));
    CHECK(record.variant().ref == long_ref);
    REQUIRE(record.variant().alternatives.size() == 300);
    CHECK(record.variant().alternatives[299].size() == 300);
}

TEST_CASE("genotypes are alleles and whether they are phased") {
    const auto check = [](const std::string& text, const std::vector<int>& alleles, bool phased) {
        INFO(text);
        for (const std::string rest : {"", ":5"}) {
            const Genotype genotype = genotype_of(text + rest);
            CHECK(genotype.alleles == alleles);
            CHECK(genotype.phased == phased);
        }
    };
    check("0|1", {0, 1}, true);
    check("2|0", {2, 0}, true);
    check("0/1", {0, 1}, false);
    check("1", {1}, true);
    check(".", {-1}, true);
    check("./.", {-1, -1}, false);
    check(".|.", {-1, -1}, true);
    check(".|1", {-1, 1}, true);
    check("1/.", {1, -1}, false);
    check("0|1|2", {0, 1, 2}, true);
    check("0/1|2", {0, 1, 2}, false);
    check("0|1/2", {0, 1, 2}, false);
    // Numbers that need two and four bytes.
    std::string alternatives = "C";
    for (int i = 1; i < 40'000; ++i) alternatives += ",C";
    CHECK(genotype_of("200|3", alternatives).alleles == std::vector<int>{200, 3});
    CHECK(genotype_of("39999", alternatives).alleles == std::vector<int>{39'999});
    const Error error = error_of([] { genotype_of("0|3"); });
    CHECK(error.kind() == ErrorKind::bad_input);
    CHECK(contains(error.what(), "a.vcf: record 1 (chr1:5): sample 'S2' has allele 3 of 3"));
}

TEST_CASE("samples are found by name; a record may have no genotype") {
    test::TemporaryFolder folder;
    VariantFile file(put(folder, "a.vcf", test::kVcfText));
    CHECK(file.sample_index("S1") == 0);
    CHECK(file.sample_index("S2") == 1);
    Error error = error_of([&] { file.sample_index("s2"); });
    CHECK(error.kind() == ErrorKind::bad_input);
    CHECK(contains(error.what(), "a.vcf: no sample 's2'"));
    CHECK(contains(error.hint(), "the file has 'S2'"));
    VariantFile bare(put(folder, "b.vcf", vcf("chr1\t6\t.\tA\tC\t.\t.\t.\n")));
    error = error_of([&] { bare.sample_index("S1"); });
    CHECK(contains(error.what(), "b.vcf: no sample 'S1': the file has no samples"));
    VariantRecord record;
    REQUIRE(bare.next(record));
    CHECK_FALSE(bare.genotype(record, 0));
    std::vector<bool> has;
    while (file.next(record)) has.push_back(file.genotype(record, 1).has_value());
    CHECK(has == std::vector<bool>{true, true, true, false, false});
}
