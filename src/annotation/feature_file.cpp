#include "annotation/feature_file.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <map>

#include "core/error.hpp"
#include "core/split.hpp"
#include "hts/bgzf_text.hpp"

namespace dna_hnet::annotation {
namespace {

bool is_gene_model(std::string_view path) {
    if (path.ends_with(".gz")) path.remove_suffix(3);
    return path.ends_with(".gtf") || path.ends_with(".gff") || path.ends_with(".gff3");
}

std::int64_t position(std::string_view text, const std::string& place) {
    std::int64_t value = 0;
    const auto [rest, status] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (status != std::errc() || rest != text.data() + text.size() || value < 1) {
        throw input_error(
            fmt::format("{}: '{}' is no position, expected a whole number from 1", place, text));
    }
    return value;
}

using Sets = std::map<std::string, FeatureSet>;

// One line of GTF or GFF3: 1-based, the end belongs to the feature.
void add_gene_model_row(std::string_view line, const std::string& path, std::int64_t number,
                        const std::string& name, const std::vector<std::string>& types,
                        const genome::ContigTable& contigs, Sets& sets) {
    const std::string at = fmt::format("{}:{}", path, number);
    const auto fields = split(line, '\t');
    if (fields.size() != 9) {
        throw input_error(fmt::format("{}: {} columns, expected 9", at, fields.size()));
    }
    genome::BedRecord row;
    row.line = number;
    row.contig = fields[0];
    row.begin = position(fields[3], at) - 1;
    row.end = position(fields[4], at);
    if (row.end <= row.begin) {
        throw input_error(fmt::format("{}: end {} is before begin {}", at, fields[4], fields[3]));
    }
    if (fields[6].size() != 1 || std::string_view("+-.?").find(fields[6]) == fields[6].npos) {
        throw input_error(fmt::format("{}: strand '{}', expected + - . or ?", at, fields[6]));
    }
    if (fields[2].empty()) throw input_error(fmt::format("{}: the type is empty", at));
    const std::string type(fields[2]);
    if (!types.empty() && std::find(types.begin(), types.end(), type) == types.end()) return;
    Feature feature{genome::resolve(row, contigs, path), fields[6][0]};
    if (feature.strand == '?') feature.strand = '.';
    FeatureSet& set = sets[name + ":" + type];
    set.features.push_back(feature);
    if (type != "CDS") return;
    if (fields[7] != "0" && fields[7] != "1" && fields[7] != "2") {
        throw input_error(
            fmt::format("{}: CDS with phase '{}', expected 0, 1 or 2 in column 8", at, fields[7]));
    }
    if (feature.strand == '.') throw input_error(fmt::format("{}: CDS without strand", at));
    set.coding.push_back({feature, fields[7][0] - '0'});
}

void read_gene_models(const std::string& name, const std::string& path,
                      const std::vector<std::string>& types, const genome::ContigTable& contigs,
                      Sets& sets) {
    std::int64_t number = 0;
    bool fasta = false;  // GFF3 may end with sequences
    hts::for_each_line(path, [&](std::string_view line) {
        ++number;
        if (line.starts_with("##FASTA") || line.starts_with(">")) fasta = true;
        if (fasta || line.empty() || line[0] == '#') return;
        add_gene_model_row(line, path, number, name, types, contigs, sets);
    });
}

}  // namespace

std::vector<FeatureSet> read_features(const std::string& name, const std::string& path,
                                      const std::vector<std::string>& types,
                                      const genome::Reference& reference) {
    const genome::ContigTable contigs(reference);
    Sets sets;
    if (is_gene_model(path)) {
        read_gene_models(name, path, types, contigs, sets);
    } else {
        for (const genome::BedRecord& row : hts::read_bed(path)) {
            sets[name].features.push_back({genome::resolve(row, contigs, path), row.strand});
        }
    }
    if (sets.empty()) {
        throw input_error(
            types.empty() ? fmt::format("{}: no feature", path)
                          : fmt::format("{}: no feature of type {}", path, fmt::join(types, ", ")));
    }
    std::vector<FeatureSet> result;
    for (auto& [set_name, set] : sets) {
        set.name = set_name;
        const std::size_t rows = set.features.size();
        std::sort(set.features.begin(), set.features.end());
        set.features.erase(std::unique(set.features.begin(), set.features.end()),
                           set.features.end());
        set.duplicates = static_cast<std::int64_t>(rows - set.features.size());
        std::sort(set.coding.begin(), set.coding.end());
        set.coding.erase(std::unique(set.coding.begin(), set.coding.end()), set.coding.end());
        result.push_back(std::move(set));
    }
    return result;
}

}  // namespace dna_hnet::annotation
