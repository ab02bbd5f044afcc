#pragma once
// The INFO fields of `variants` (cli.md): names, descriptions and values. Torch-free.
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "core/version.hpp"
#include "evaluate/variant_scorer.hpp"
#include "genome/variant.hpp"
#include "hts/variant_file.hpp"

namespace dna_hnet::tasks {

struct ScoredAllele {
    genome::AlleleStatus status = genome::AlleleStatus::ok;
    // Forward, reverse; nothing where the allele has no score in that direction.
    std::array<std::optional<evaluate::DirectionScore>, 2> directions;

    // Mean of the two directions; nothing when one is missing.
    std::optional<double> mean(double (*value)(const evaluate::DirectionScore&)) const;
};

double llr_of(const evaluate::DirectionScore& score);
double site_of(const evaluate::DirectionScore& score);
double flank_of(const evaluate::DirectionScore& score);

std::vector<hts::InfoField> variant_fields(std::int64_t context, std::optional<std::int64_t> suffix,
                                           bool boundary_effects);
// Those that other options would write: an earlier run may have left them.
std::vector<std::string> other_fields(bool boundary_effects);
// In the order of the fields.
std::vector<hts::InfoValue> field_values(const std::vector<ScoredAllele>& alleles, bool in_training,
                                         bool boundary_effects);
// "##dna-hnet_variantsVersion=..." and the like; none under --no-version.
std::vector<std::string> variant_header(const Provenance& provenance);

}  // namespace dna_hnet::tasks
