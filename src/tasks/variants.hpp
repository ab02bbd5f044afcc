#pragma once
// `dna-hnet variants`: likelihoods of alternative alleles, as INFO fields of the records
// (semantics.md section 7). Torch-free.
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "core/version.hpp"
#include "genome/haplotypes.hpp"
#include "genome/reference.hpp"
#include "genome/variant.hpp"
#include "hts/variant_file.hpp"
#include "tasks/variant_model.hpp"

namespace dna_hnet::tasks {

struct VariantRequest {
    VariantModelRequest model;
    std::vector<genome::Strand> strands{genome::Strand::forward, genome::Strand::reverse};
    std::int64_t max_indel = 200;
    double max_ref_mismatch = 0.1;
    hts::VariantTarget target;
    Provenance provenance;
};

struct VariantTotals {
    std::int64_t records = 0, without_alternative = 0, in_training = 0;
    std::map<genome::AlleleStatus, std::int64_t> alleles;
};

// Every record that `next` fills, in its order, to the target. `header`: the file it comes from.
// bad_input, before anything appears, as in ReferenceCheck.
VariantTotals score_variants(genome::Reference& reference, const hts::VariantFile& header,
                             const std::function<bool(hts::VariantRecord&)>& next,
                             const VariantRequest& request);

// Every single-base substitution of the regions (merged): one variant per A, C, G or T, with three
// alternatives in alphabetical order.
class SaturatedRegions {
  public:
    SaturatedRegions(genome::Reference& reference, std::vector<genome::Interval> regions);
    bool next(genome::Variant& variant);

  private:
    genome::Reference& reference_;
    std::vector<genome::Interval> regions_;
    std::size_t region_ = 0;
    std::int64_t position_ = -1;  // the next base of the region
    genome::Interval block_;
    std::vector<genome::Base> bases_;
};

}  // namespace dna_hnet::tasks
