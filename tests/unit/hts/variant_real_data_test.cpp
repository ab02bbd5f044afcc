#include <fmt/format.h>

#include <cstdlib>

#include "unit/hts/variants.hpp"

using namespace dna_hnet;
using namespace dna_hnet::hts;

namespace {

const char* const kFiles[] = {"1000G_GRCh38_chr20_2000001-2100000.vcf.gz",
                              "HG002_GRCh38_1_22_v4.2.1_benchmark.chr20.vcf.gz",
                              "clinvar_20260226_GRCh38.chr17_TP53.vcf.gz"};
const std::vector<InfoField> kFields{{"X_NUM", InfoField::Type::number, "a number"},
                                     {"X_TEXT", InfoField::Type::text, "a text"},
                                     {"X_FLAG", InfoField::Type::flag, "a flag"}};

std::vector<std::string_view> split(std::string_view text, char by) {
    std::vector<std::string_view> parts;
    for (std::size_t begin = 0; begin <= text.size();) {
        const std::size_t end = std::min(text.find(by, begin), text.size());
        parts.push_back(text.substr(begin, end - begin));
        begin = end + 1;
    }
    return parts;
}

// htslib writes a float anew: 0.00260 becomes 0.0026.
bool is_same_value(std::string_view a, std::string_view b) {
    if (a == b) return true;
    const std::size_t equals = a.find('=');
    if (equals == a.npos || a.substr(0, equals + 1) != b.substr(0, equals + 1)) return false;
    const auto as = split(a.substr(equals + 1), ','), bs = split(b.substr(equals + 1), ',');
    for (std::size_t i = 0; i < as.size() && as.size() == bs.size(); ++i) {
        if (std::strtof(std::string(as[i]).c_str(), nullptr) !=
            std::strtof(std::string(bs[i]).c_str(), nullptr)) {
            return false;
        }
    }
    return as.size() == bs.size();
}

// Whether `ours` is `line` with fields of ours at the end of INFO.
bool is_annotated(std::string_view line, std::string_view ours) {
    const auto a = split(line, '\t'), b = split(ours, '\t');
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (i != 7 && a[i] != b[i]) return false;
    }
    const auto before = split(a[7], ';'), after = split(b[7], ';');
    if (after.size() < before.size() || before == std::vector<std::string_view>{"."}) return false;
    for (std::size_t i = 0; i < before.size(); ++i) {
        if (!is_same_value(before[i], after[i])) return false;
    }
    for (std::size_t i = before.size(); i < after.size(); ++i) {
        if (after[i].substr(0, 2) != "X_") return false;
    }
    return after.size() > before.size() || a[4] == ".";
}

void annotate(const std::string& from, const VariantTarget& target) {
    VariantFile input(from);
    VariantWriter output(input, target, kFields, {"##tool=x"}, true);
    VariantRecord record;
    for (int i = 0; input.next(record); ++i) {
        const std::size_t count = record.variant().alternatives.size();
        output.write(record, {std::vector<float>(count, static_cast<float>(i) / 8),
                              std::vector<std::string>(count, i % 2 == 0 ? "OK" : ""), i % 3 == 0});
    }
    output.close();
}

}  // namespace

TEST_CASE("records of published files stay as they are but for our fields") {
    DNA_HNET_REQUIRE_DATA();
    for (const char* name : kFiles) {
        INFO(name);
        const std::string path = test::test_data() + "/variants/" + name;
        test::TemporaryFolder folder;
        annotate(path, {folder.file("z.vcf.gz"), 'z'});
        annotate(path, {folder.file("b.bcf"), 'b'});
        CHECK(std::filesystem::exists(folder.file("z.vcf.gz.tbi")));
        CHECK(std::filesystem::exists(folder.file("b.bcf.csi")));
        test::convert(folder.file("b.bcf"), folder.file("b.vcf"), 'v');
        TextReader before(path), text(folder.file("z.vcf.gz")), binary(folder.file("b.vcf"));
        const auto next_record = [](TextReader& reader, std::string_view& line) {
            while (reader.next(line)) {
                if (line[0] != '#') return true;
            }
            return false;
        };
        std::string_view expected, got, from_binary;
        std::int64_t records = 0, different = 0;
        for (; next_record(before, expected); ++records) {
            REQUIRE(next_record(text, got));
            REQUIRE(next_record(binary, from_binary));
            different += !is_annotated(expected, got) || got != from_binary;
        }
        CHECK_FALSE(next_record(text, got));
        CHECK_FALSE(next_record(binary, from_binary));
        CHECK(records > 3000);
        CHECK(different == 0);
    }
}

TEST_CASE("genotypes of published files are those of their text") {
    DNA_HNET_REQUIRE_DATA();
    for (const char* name : {kFiles[0], kFiles[1]}) {
        const std::string path = test::test_data() + "/variants/" + name;
        VariantFile file(path);
        TextReader text(path);
        std::string_view line;
        VariantRecord record;
        std::size_t column = 0;
        int sample = 0, different = 0;
        while (text.next(line)) {
            const auto columns = split(line, '\t');
            if (line.substr(0, 2) == "##") continue;
            if (line[0] == '#') {
                column = columns.size() - 1;
                sample = file.sample_index(std::string(columns[column]));
                continue;
            }
            REQUIRE(file.next(record));
            const auto genotype = file.genotype(record, sample);
            REQUIRE(genotype);
            std::string spelled;
            for (const int allele : genotype->alleles) {
                if (!spelled.empty()) spelled += genotype->phased ? '|' : '/';
                spelled += allele < 0 ? "." : std::to_string(allele);
            }
            different += spelled != split(columns[column], ':')[0];
        }
        CHECK(different == 0);
        CHECK_FALSE(file.next(record));
    }
}
