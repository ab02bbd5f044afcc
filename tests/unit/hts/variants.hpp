#pragma once
// Small VCFs for the tests of this folder.
#include "hts/variant_file.hpp"
#include "unit/hts/files.hpp"

namespace dna_hnet::test {

inline const std::string kVcfHeader =
    "##fileformat=VCFv4.2\n"
    "##FILTER=<ID=PASS,Description=\"All filters passed\">\n"
    "##FILTER=<ID=q10,Description=\"low\">\n"
    "##contig=<ID=chr1,length=1000>\n"
    "##contig=<ID=chr2>\n"
    "##INFO=<ID=DP,Number=1,Type=Integer,Description=\"depth\">\n"
    "##INFO=<ID=AF,Number=A,Type=Float,Description=\"frequency\">\n"
    "##INFO=<ID=END,Number=1,Type=Integer,Description=\"end\">\n"
    "##INFO=<ID=DB,Number=0,Type=Flag,Description=\"known\">\n"
    "##FORMAT=<ID=GT,Number=1,Type=String,Description=\"genotype\">\n"
    "##FORMAT=<ID=GQ,Number=1,Type=Integer,Description=\"quality\">\n"
    "##FORMAT=<ID=PL,Number=G,Type=Integer,Description=\"likelihoods\">\n";
inline const std::string kVcfColumns = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO";

// A VCF without samples of these lines.
inline std::string vcf(const std::string& lines) {
    return kVcfHeader + kVcfColumns + '\n' + lines;
}

// Records of every kind with two samples.
inline const std::string kVcfRecords =
    "chr1\t10\trs1;rs2\tA\tC\t50.5\tPASS\tDP=7;AF=0.25\tGT:GQ:PL\t0|1:99:1,2,3\t./.:.:.\n"
    "chr1\t10\t.\tAC\tA,ACC,<DEL>\t.\tq10\tAF=0.1,.,1e-06;DB;END=30\tGT\t0/3\t1|2\n"
    "chr1\t12\t.\tG\t.\t0\t.\t.\tGT:GQ\t0:.\t0/0:5\n"
    "chr1\t700000000\t.\tG\t*,T\t3\t.\tDP=.\t.\t.\t.\n"
    "chr2\t5\tx\tN\tA]chr1:9]\t1e+10\tPASS;q10\tDB\tGQ\t5\t.\n";
inline const std::string kVcfText = kVcfHeader + kVcfColumns + "\tFORMAT\tS1\tS2\n" + kVcfRecords;

inline std::vector<std::string> lines_of(const std::string& path) {
    std::vector<std::string> lines;
    hts::for_each_line(path, [&](std::string_view line) { lines.emplace_back(line); });
    return lines;
}

// The lines behind the header, joined.
inline std::string records_of(const std::string& path) {
    std::string text;
    for (const std::string& line : lines_of(path)) {
        if (line[0] != '#') text += line + '\n';
    }
    return text;
}

// Copies every record, without fields of ours.
inline void convert(const std::string& from, const std::string& to, char type,
                    AtomicGroup* group = nullptr) {
    hts::VariantFile input(from);
    hts::VariantWriter output(input, {to, type}, {}, {}, true, group);
    hts::VariantRecord record;
    while (input.next(record)) output.write(record, {});
    output.close();
}

inline int count_records(const std::string& path) {
    hts::VariantFile input(path);
    hts::VariantRecord record;
    int count = 0;
    while (input.next(record)) ++count;
    return count;
}

// Which indexes stand beside a file.
inline std::string index_of(const std::string& target) {
    const bool tbi = std::filesystem::exists(target + ".tbi");
    const bool csi = std::filesystem::exists(target + ".csi");
    return tbi && csi ? "both" : tbi ? "tbi" : csi ? "csi" : "none";
}

inline std::size_t files_in(const TemporaryFolder& folder) {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder.path()))
        count += entry.exists();
    return count;
}

}  // namespace dna_hnet::test
