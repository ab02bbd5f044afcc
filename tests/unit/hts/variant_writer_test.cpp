#include <fmt/format.h>

#include <limits>

#include "core/version.hpp"
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
using Type = InfoField::Type;
using Integers = std::vector<std::optional<std::int32_t>>;
using Texts = std::vector<std::string>;
using Numbers = std::vector<float>;

namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
const std::vector<InfoField> kFields{{"X_NUM", Type::number, "a \"number\" \\ more"},
                                     {"X_INT", Type::integer, "an integer"},
                                     {"X_TEXT", Type::text, "a text"},
                                     {"X_FLAG", Type::flag, "a flag"}};
const std::vector<InfoValue> kNothing{Numbers{}, Integers{}, Texts{}, false};

// The records with the same values in each, where there are as many alternatives as values.
void annotate(const std::string& from, const VariantTarget& target,
              const std::vector<InfoValue>& values) {
    VariantFile input(from);
    VariantWriter output(input, target, kFields, {}, false);
    VariantRecord record;
    while (input.next(record)) {
        const bool fits = record.variant().alternatives.size() == 1;
        output.write(record, fits ? values : kNothing);
    }
    output.close();
}

// INFO of the only record when these values are written, as VCF text.
std::string info_with(const std::vector<InfoValue>& values, const std::string& alternatives,
                      char type) {
    test::TemporaryFolder folder;
    VariantFile input(
        put(folder, "a.vcf", vcf("chr1\t5\t.\tA\t" + alternatives + "\t.\t.\tDP=1\n")));
    VariantRecord record;
    REQUIRE(input.next(record));
    VariantWriter output(input, {folder.file("b"), type}, kFields, {}, true);
    output.write(record, values);
    output.close();
    test::convert(folder.file("b"), folder.file("c.vcf"), 'v');
    const std::string line = records_of(folder.file("c.vcf"));
    return line.substr(line.rfind('\t') + 1, line.size() - line.rfind('\t') - 2);
}

}  // namespace

TEST_CASE("values of every type are written, one per alternative") {
    for (const char type : {'z', 'b', 'u', 'v'}) {
        INFO(type);
        CHECK(info_with({Numbers{-1.5F}, Integers{-7}, Texts{"OK"}, true}, "C", type) ==
              "DP=1;X_NUM=-1.5;X_INT=-7;X_TEXT=OK;X_FLAG");
        CHECK(
            info_with({Numbers{kNan, 2, 1e-7F}, Integers{1, {}, 70'000}, Texts{"", "A", ""}, false},
                      "C,G,T", type) == "DP=1;X_NUM=.,2,1e-07;X_INT=1,.,70000;X_TEXT=.,A,.");
        CHECK(info_with({Numbers{0.1F, kNan}, Integers{{}, 5}, Texts{"A", ""}, true}, "C,<DEL>",
                        type) == "DP=1;X_NUM=0.1,.;X_INT=.,5;X_TEXT=A,.;X_FLAG");
        // Without a value the field is left out.
        CHECK(info_with({Numbers{kNan, kNan}, Integers{{}, {}}, Texts{"", ""}, false}, "C,G",
                        type) == "DP=1");
        CHECK(info_with(kNothing, "C,G", type) == "DP=1");
        CHECK(info_with({Numbers{}, Integers{}, Texts{}, true}, ".", type) == "DP=1;X_FLAG");
    }
}

TEST_CASE("values that a VCF cannot hold are refused") {
    const auto problem = [](const std::vector<InfoValue>& values) {
        const Error error = error_of([&] { info_with(values, "C,G", 'v'); });
        CHECK(error.kind() == ErrorKind::run_failed);
        return std::string(error.what());
    };
    CHECK(contains(problem({}), "values of 0 INFO fields, expected 4"));
    CHECK(contains(problem({Numbers{1}, Integers{}, Texts{}, false}),
                   "INFO X_NUM: got 1 values, expected 2"));
    CHECK(contains(problem({Integers{1, 2}, Integers{}, Texts{}, false}),
                   "X_NUM: values of another"));
    CHECK(
        contains(problem({Numbers{}, Integers{}, Texts{}, Texts{}}), "X_FLAG: values of another"));
    for (const std::string text : {"a,b", "a;b", "a=b", "a b", "a\tb", "a\nb"}) {
        CHECK(contains(problem({Numbers{}, Integers{}, Texts{text, ""}, false}), "X_TEXT: '"));
    }
    CHECK(contains(
        problem({Numbers{}, Integers{std::numeric_limits<std::int32_t>::min(), 1}, Texts{}, false}),
        "X_INT: -2147483648 is below"));
}

TEST_CASE("the header is the input's with the fields and lines behind it") {
    test::TemporaryFolder folder;
    const std::string input = put(folder, "a.vcf", test::kVcfText);
    const std::string target = folder.file("b.vcf");
    const std::string before = test::kVcfHeader;
    const std::string columns = test::kVcfColumns + "\tFORMAT\tS1\tS2\n";
    for (const bool with_source : {true, false}) {
        VariantFile file(input);
        VariantWriter writer(file, {target, 'v'}, kFields, {"##tool=1 \"x\"", "##other=a\nb"},
                             with_source);
        writer.close();
        const std::string source =
            with_source ? fmt::format(",Source=\"dna-hnet\",Version=\"{}\"", version()) : "";
        CHECK(
            read_file(target) ==
            before +
                "##INFO=<ID=X_NUM,Number=A,Type=Float,Description=\"a \\\"number\\\" \\\\ more\"" +
                source + ">\n##INFO=<ID=X_INT,Number=A,Type=Integer,Description=\"an integer\"" +
                source + ">\n##INFO=<ID=X_TEXT,Number=A,Type=String,Description=\"a text\"" +
                source + ">\n##INFO=<ID=X_FLAG,Number=0,Type=Flag,Description=\"a flag\"" + source +
                ">\n##tool=1 \"x\"\n##other=a b\n" + columns);
    }
    VariantFile file(input);
    CHECK(error_of([&] {
              VariantWriter(file, {target, 'v'}, {}, {"no line"}, true);
          }).kind() == ErrorKind::run_failed);
}

TEST_CASE("every column stays as it came, through every type") {
    test::TemporaryFolder folder;
    std::string from = put(folder, "a.vcf", test::kVcfText);
    for (const std::string types : {"v", "z", "b", "u", "bzubv"}) {
        for (const char type : types) {
            const std::string to = folder.file(std::string("copy.") + type);
            test::convert(from, to + "2", type);
            std::filesystem::rename(to + "2", to);
            from = to;
        }
        INFO(types);
        test::convert(from, folder.file("c.vcf"), 'v');
        CHECK(read_file(folder.file("c.vcf")) == test::kVcfText);
        annotate(from, {folder.file("d.vcf"), 'v'}, {Numbers{1}, Integers{2}, Texts{"OK"}, true});
        std::string expected = records_of(folder.file("d.vcf"));
        const std::string added = "X_NUM=1;X_INT=2;X_TEXT=OK;X_FLAG";
        for (const std::string& part : {";" + added, added}) {
            for (auto at = expected.find(part); at != expected.npos; at = expected.find(part)) {
                expected.replace(at, part.size(), part == added ? "." : "");
            }
        }
        CHECK(expected == test::kVcfRecords);
    }
}

TEST_CASE("fields of the same names in the input are replaced") {
    test::TemporaryFolder folder;
    const std::string declared =
        "##INFO=<ID=X_NUM,Number=2,Type=String,Description=\"old\">\n"
        "##INFO=<ID=X_FLAG,Number=1,Type=Integer,Description=\"old\">\n";
    const std::string record =
        "chr1\t5\t.\tA\tC\t.\t.\tX_NUM=old,er;DP=3;X_INT=5,6;X_NUM=again;X_FLAG=4;DB\n"
        "chr1\t6\t.\tA\tC,G\t.\t.\tX_INT=5\n";
    // Declared with other types, and not at all.
    for (const std::string& lines : {declared, std::string()}) {
        const std::string start = test::kVcfHeader + lines + test::kVcfColumns + '\n';
        const std::string input = put(folder, "a.vcf", start + record);
        for (const char type : {'v', 'b'}) {
            annotate(input, {folder.file("b"), type}, {Numbers{1}, Integers{}, Texts{"T"}, true});
            test::convert(folder.file("b"), folder.file("c.vcf"), 'v');
            CHECK(records_of(folder.file("c.vcf")) ==
                  "chr1\t5\t.\tA\tC\t.\t.\tDP=3;DB;X_NUM=1;X_TEXT=T;X_FLAG\n"
                  "chr1\t6\t.\tA\tC,G\t.\t.\t.\n");
            int declarations = 0;
            for (const std::string& line : test::lines_of(folder.file("c.vcf"))) {
                declarations += contains(line, "<ID=X_NUM,") || contains(line, "<ID=X_FLAG,");
                CHECK_FALSE(contains(line, "old"));
            }
            CHECK(declarations == 2);
        }
    }
    // Ours of an earlier run: once more gives the same.
    put(folder, "a.vcf", test::kVcfText);
    const std::vector<InfoValue> values{Numbers{1}, Integers{2}, Texts{"T"}, true};
    annotate(folder.file("a.vcf"), {folder.file("b.vcf"), 'v'}, values);
    annotate(folder.file("b.vcf"), {folder.file("c.vcf"), 'v'}, values);
    CHECK(read_file(folder.file("c.vcf")) == read_file(folder.file("b.vcf")));
}

TEST_CASE("records are made on contigs alone") {
    test::TemporaryFolder folder;
    const VariantFile made({{"chr1", 1000, ""}, {"HLA-A*01:01", 600'000'000, ""}});
    for (const char type : {'v', 'z', 'b'}) {
        const std::string target = folder.file(std::string("made.") + type);
        VariantWriter writer(made, {target, type}, {{"X", Type::number, "x"}}, {"##a=b"}, false);
        VariantRecord record;
        for (const std::string contig : {"chr1", "HLA-A*01:01"}) {
            for (std::int64_t position = 0; position < 3; ++position) {
                made.make({contig, position, "a", {"C", "G", "T"}}, record);
                CHECK(record.variant().position == position);
                writer.write(record, {Numbers{1, kNan, 2.5F}});
            }
        }
        writer.close();
        const std::string text = folder.file("text.vcf");
        test::convert(target, text, 'v');
        CHECK(contains(read_file(text),
                       "##fileformat=VCFv4.2\n"
                       "##FILTER=<ID=PASS,Description=\"All filters passed\">\n"
                       "##contig=<ID=chr1,length=1000>\n"
                       "##contig=<ID=HLA-A*01:01,length=600000000>\n"
                       "##INFO=<ID=X,Number=A,Type=Float,Description=\"x\">\n"
                       "##a=b\n" +
                           test::kVcfColumns + "\nchr1\t1\t.\ta\tC,G,T\t.\t.\tX=1,.,2.5\n"));
        CHECK(test::count_records(text) == 6);
        CHECK(index_of(target) == (type == 'v' ? "none" : "csi"));
    }
    VariantRecord record;
    VariantFile empty({{"chr1", 10, ""}});
    CHECK_FALSE(empty.next(record));
    CHECK(error_of([&] {
              made.make({"chr9", 0, "A", {"C"}}, record);
          }).kind() == ErrorKind::run_failed);
    CHECK(contains(error_of([] { VariantFile({{"a,b", 10, ""}}); }).what(), "'a,b'"));
    // A record that was read before is made anew.
    VariantFile file(put(folder, "a.vcf", test::kVcfText));
    REQUIRE(file.next(record));
    file.make({"chr2", 4, "G", {"A"}}, record);
    VariantWriter writer(file, {folder.file("b.vcf"), 'v'}, {}, {}, true);
    writer.write(record, {});
    writer.close();
    CHECK(records_of(folder.file("b.vcf")) == "chr2\t5\t.\tG\tA\t.\t.\t.\t.\t.\t.\n");
}

TEST_CASE("long alleles and many alternatives are written") {
    test::TemporaryFolder folder;
    std::string alternatives = "C";
    for (int i = 1; i < 300; ++i) alternatives += ",C";
    const std::string line =
        "chr1\t1\t.\t" + std::string(300'000, 'A') + "\t" + alternatives + "\t.\t.\t";
    const std::string input = put(folder, "a.vcf", vcf(line + "DP=1\n"));
    for (const char type : {'z', 'b'}) {
        VariantFile file(input);
        VariantWriter writer(file, {folder.file("b"), type}, kFields, {}, true);
        VariantRecord record;
        REQUIRE(file.next(record));
        Texts texts(300);
        texts[299] = "LAST";
        writer.write(record, {Numbers(300, 0.5F), Integers(300, 70'000), texts, true});
        writer.close();
        test::convert(folder.file("b"), folder.file("c.vcf"), 'v');
        const std::string written = records_of(folder.file("c.vcf"));
        CHECK(written.compare(0, line.size(), line) == 0);
        CHECK(contains(written, ",.,LAST;X_FLAG\n"));
        CHECK(contains(written, "X_INT=70000,70000,"));
    }
}
