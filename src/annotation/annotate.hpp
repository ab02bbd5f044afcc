#pragma once
// `dna-hnet annotate`: boundaries on features against three nulls (semantics.md section 6).
//
// Body rows count every base of the merged features of one name and orientation once; start and end
// rows count each feature's own first and last base in its own direction (in reading direction for
// a feature without strand). Offsets are in reading direction.
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/version.hpp"
#include "genome/reference.hpp"

namespace dna_hnet::annotation {

inline constexpr std::int64_t kReach = 50;             // offsets -50..+50
inline constexpr std::int64_t kBlockLength = 100'000;  // of the bootstrap

struct AnnotateRequest {
    std::vector<std::string> boundaries, controls;              // chunk files
    std::vector<std::pair<std::string, std::string>> features;  // name, file
    std::vector<std::string> types;                             // column 3; empty: all
    std::string universe;                                       // empty: the one beside
    std::int64_t rotations = 1000;
    std::uint64_t seed = 1;
    std::string table;  // .tsv or .tsv.gz
    Provenance provenance;
};

// TABLE of TABLE.tsv and TABLE.tsv.gz, which its other outputs begin with; nothing for other names.
std::optional<std::string> table_stem(const std::string& table);

// Writes the table, TABLE.phase.tsv, TABLE.agreement.tsv and TABLE.profile.svg. Usage error: no
// file, rotations below 0 or above 1,000,000, a target of another name, two files of one strand and
// stage, a control that matches no boundaries, an empty type, types without GTF or GFF3. bad_input:
// as the readers, boundaries or controls of two models, a boundary outside the universe, a feature
// file without a scored base in the universe.
void annotate(genome::Reference& reference, const AnnotateRequest& request);

}  // namespace dna_hnet::annotation
