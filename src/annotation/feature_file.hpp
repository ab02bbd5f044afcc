#pragma once
// Features of a BED, GTF or GFF3 file, plain or compressed; told by the name's end (.gtf, .gff,
// .gff3, each also with .gz; everything else is BED).
#include <string>
#include <vector>

#include "genome/reference.hpp"

namespace dna_hnet::annotation {

struct Feature {
    genome::Interval place;
    char strand = '.';
    auto operator<=>(const Feature&) const = default;
};

// One CDS row: `phase` bases (column 8) lie before the first whole codon, in the gene's direction.
struct CodingExon {
    Feature feature;
    int phase = 0;
    auto operator<=>(const CodingExon&) const = default;
};

struct FeatureSet {
    std::string name;               // NAME of a BED, NAME:type of GTF and GFF3
    std::vector<Feature> features;  // sorted, each place and strand once
    std::int64_t duplicates = 0;
    std::vector<CodingExon> coding;  // of type CDS
};

// The sets in C order of their names. `types`: of column 3, all when empty. bad_input with
// file:line on a malformed row, an unknown contig (names the closest), an end past the contig, a
// CDS without phase; bad_input when no row is left.
std::vector<FeatureSet> read_features(const std::string& name, const std::string& path,
                                      const std::vector<std::string>& types,
                                      const genome::Reference& reference);

}  // namespace dna_hnet::annotation
