// Contigs, keys and filters that the header of an input does not declare.
#include "unit/hts/variants.hpp"

using namespace dna_hnet;
using namespace dna_hnet::hts;
using test::contains;
using test::error_of;
using test::files_in;
using test::index_of;
using test::put;
using test::records_of;
using test::vcf;

TEST_CASE("what the header does not declare stays in a VCF, and is refused for a BCF") {
    test::TemporaryFolder folder;
    const std::string first = "chr1\t5\t.\tA\tC\t.\t.\t.\tGT\t0\n";
    const std::vector<std::pair<std::string, std::string>> cases{
        {"new\t6\t.\tA\tC\t.\t.\t.\tGT\t0\n", "(new:6): its contig is not declared"},
        {"chr1\t6\t.\tA\tC\t.\tfresh\t.\tGT\t0\n", "(chr1:6): FILTER 'fresh' is not declared"},
        {"chr1\t6\t.\tA\tC\t.\t.\tNEW=1,2;FLAG\tGT\t0\n", "(chr1:6): INFO 'NEW' is not declared"},
        {"chr1\t6\t.\tA\tC\t.\t.\tGT=1\tGT\t0\n", "(chr1:6): INFO 'GT' is not declared"},
        {"chr1\t6\t.\tA\tC\t.\t.\t.\tGT:DP\t0:1\n", "(chr1:6): FORMAT 'DP' is not declared"}};
    const std::string start = test::kVcfHeader + test::kVcfColumns + "\tFORMAT\tS\n";
    for (const auto& [line, problem] : cases) {
        INFO(line);
        const std::string input = put(folder, "a.vcf", start + first + line);
        for (const char type : {'v', 'z'}) {
            test::convert(input, folder.file("b.gz"), type);
            CHECK(records_of(folder.file("b.gz")) == first + line);
            CHECK(test::lines_of(folder.file("b.gz")).size() == test::lines_of(input).size());
        }
        std::filesystem::remove(folder.file("b.gz"));
        std::filesystem::remove(folder.file("b.gz.tbi"));
        for (const char type : {'b', 'u'}) {
            const Error error = error_of([&] { test::convert(input, folder.file("b.bcf"), type); });
            CHECK(error.kind() == ErrorKind::bad_input);
            CHECK(contains(error.what(), "a.vcf: record 2 " + problem));
            CHECK(files_in(folder) == 1);
        }
    }
    const std::string far = "chr1\t2147483648\t.\tA\tC\t.\t.\t.\tGT\t0\n";
    const std::string input = put(folder, "a.vcf", start + far);
    CHECK(contains(error_of([&] { test::convert(input, folder.file("b.bcf"), 'b'); }).what(),
                   "(chr1:2147483648): a BCF holds positions up to 2147483647"));
    test::convert(input, folder.file("b.gz"), 'z');
    CHECK(records_of(folder.file("b.gz")) == far);
    CHECK(index_of(folder.file("b.gz")) == "csi");
}

TEST_CASE("what was read before the writer is there is declared in its header") {
    test::TemporaryFolder folder;
    const std::string line = "new\t6\t.\tA\tC\t.\tfresh\tNEW=1,2;DP=3\n";
    VariantFile file(put(folder, "a.vcf", vcf(line + "new\t7\t.\tA\tC\t.\t.\tLATE=1\n")));
    VariantRecord record, later;
    REQUIRE(file.next(record));
    // So many fields that htslib's tables grow.
    std::vector<InfoField> fields;
    std::vector<InfoValue> values;
    std::string added;
    for (int i = 0; i < 300; ++i) {
        fields.push_back({"F" + std::to_string(i), InfoField::Type::integer, "a field"});
        values.emplace_back(std::vector<std::optional<std::int32_t>>{i});
        added += ";F" + std::to_string(i) + "=" + std::to_string(i);
    }
    VariantWriter text(file, {folder.file("b.vcf"), 'v'}, fields, {}, true);
    VariantWriter binary(file, {folder.file("b.bcf"), 'b'}, {}, {}, true);
    REQUIRE(file.next(later));
    binary.write(record, {});
    CHECK(contains(error_of([&] { binary.write(later, {}); }).what(), "INFO 'LATE'"));
    binary.close();
    text.write(record, values);
    text.close();
    test::convert(folder.file("b.bcf"), folder.file("c.vcf"), 'v');
    CHECK(records_of(folder.file("c.vcf")) == line);
    CHECK(records_of(folder.file("b.vcf")) == line.substr(0, line.size() - 1) + added + '\n');
}
