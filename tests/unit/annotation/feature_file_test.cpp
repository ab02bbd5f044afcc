#include "annotation/feature_file.hpp"

#include <fstream>

#include "support/memory_reference.hpp"
#include "support/test.hpp"

using namespace dna_hnet;
using namespace dna_hnet::annotation;
using genome::Interval;

namespace {

class Files {
  public:
    std::vector<FeatureSet> read(const std::string& name, const std::string& text,
                                 const std::vector<std::string>& types = {}) {
        std::ofstream(folder_.file(name), std::ios::binary) << text;
        return read_features("f", folder_.file(name), types, reference_);
    }
    std::string refused(const std::string& name, const std::string& text,
                        const std::vector<std::string>& types = {}) {
        const Error error = test::error_of([&] { read(name, text, types); });
        CHECK(error.kind() == ErrorKind::bad_input);
        return error.what();
    }

  private:
    test::TemporaryFolder folder_;
    test::MemoryReference reference_{{{"chr1", std::string(100, 'A')}, {"chr2", "ACGT"}}};
};

}  // namespace

TEST_CASE("features of a BED: each place and strand once, the others counted") {
    Files files;
    const auto sets = files.read("x.bed",
                                 "chr1\t10\t20\ta\t0\t+\nchr1\t10\t20\tb\t0\t+\n"
                                 "chr1\t10\t20\tc\t0\t-\nchr1\t5\t20\td\t0\t+\n"
                                 "chr1\t10\t20\te\t0\t+\n");
    REQUIRE(sets.size() == 1);
    CHECK(sets[0].name == "f");
    CHECK(sets[0].duplicates == 2);
    CHECK(sets[0].features ==
          std::vector<Feature>{{{0, 5, 20}, '+'}, {{0, 10, 20}, '+'}, {{0, 10, 20}, '-'}});
    CHECK(files.read("y.bed", "chr1\t10\t20\n")[0].features ==
          std::vector<Feature>{{{0, 10, 20}, '.'}});
}

TEST_CASE("features of GTF and GFF3: one set a type, 1-based rows, two frames of one place") {
    Files files;
    const std::string text =
        "##gff-version 3\n"
        "chr1\tx\tgene\t11\t40\t.\t+\t.\tID=g\n"
        "chr1\tx\tCDS\t11\t20\t.\t+\t0\tParent=t1\n"
        "chr1\tx\tCDS\t11\t20\t.\t+\t0\tParent=t2\n"
        "chr1\tx\tCDS\t11\t20\t.\t+\t2\tParent=t3\n"
        "\n"
        "chr1\tx\tregion\t1\t100\t.\t?\t.\tID=r\n";
    for (const std::string name : {"x.gff3", "x.gff", "x.gtf"}) {
        const auto sets = files.read(name, text + "##FASTA\n>chr1\nACGT\n");
        REQUIRE(sets.size() == 3);
        CHECK(sets[0].name == "f:CDS");
        CHECK(sets[0].features == std::vector<Feature>{{{0, 10, 20}, '+'}});
        CHECK(sets[0].duplicates == 2);
        CHECK(sets[0].coding ==
              std::vector<CodingExon>{{{{0, 10, 20}, '+'}, 0}, {{{0, 10, 20}, '+'}, 2}});
        CHECK(sets[1].name == "f:gene");
        CHECK(sets[1].features == std::vector<Feature>{{{0, 10, 40}, '+'}});
        CHECK(sets[2].name == "f:region");
        CHECK(sets[2].features == std::vector<Feature>{{{0, 0, 100}, '.'}});
    }
    const auto one = files.read("y.gff3", text, {"gene"});
    REQUIRE(one.size() == 1);
    CHECK(one[0].name == "f:gene");
    // Sequences may follow without ##FASTA; nothing after the first header is a row.
    CHECK(files.read("z.gff3", text + ">chr1\nACGT\n").size() == 3);
}

TEST_CASE("rows of features that are refused, with file and line") {
    Files files;
    const auto row = [](const std::string& begin, const std::string& end, const std::string& strand,
                        const std::string& type = "gene", const std::string& phase = ".") {
        return "#x\nchr1\tx\t" + type + "\t" + begin + "\t" + end + "\t.\t" + strand + "\t" +
               phase + "\t.\n";
    };
    CHECK(
        test::contains(files.refused("a.gtf", row("0", "9", "+")), "a.gtf:2: '0' is no position"));
    CHECK(test::contains(files.refused("a.gtf", row("1", "9x", "+")),
                         "a.gtf:2: '9x' is no position"));
    CHECK(test::contains(files.refused("a.gtf", row("9", "7", "+")), "end 7 is before begin 9"));
    CHECK(test::contains(files.refused("a.gtf", row("9", "101", "+")), "a.gtf:2"));
    CHECK(test::contains(files.refused("a.gtf", row("1", "9", "*")), "strand '*'"));
    CHECK(test::contains(files.refused("a.gtf", row("1", "9", "+", "")), "the type is empty"));
    CHECK(test::contains(files.refused("a.gtf", row("1", "9", "+", "CDS", "3")), "phase '3'"));
    CHECK(test::contains(files.refused("a.gtf", row("1", "9", ".", "CDS", "0")),
                         "CDS without strand"));
    CHECK(test::contains(files.refused("a.gtf", row("1", "9", "+"), {"exon", "CDS"}),
                         "no feature of type exon, CDS"));
    CHECK(test::contains(files.refused("a.bed", "#nothing\n"), "no feature"));
    CHECK(test::contains(files.refused("a.bed", "chr1\t90\t101\n"), "a.bed:1"));
    CHECK(test::contains(files.refused("a.bed", "1\t9\t10\n"), "not '1'"));
}
