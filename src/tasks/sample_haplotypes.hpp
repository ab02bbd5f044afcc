#pragma once
// `dna-hnet variants --haplotypes`: the likelihood of a sample's two haplotypes, region by region,
// against the reference (semantics.md section 7). Torch-free.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/version.hpp"
#include "formats/tsv.hpp"
#include "genome/haplotypes.hpp"
#include "genome/reference.hpp"
#include "genome/variant.hpp"
#include "tasks/variant_check.hpp"
#include "tasks/variant_model.hpp"

namespace dna_hnet::tasks {

struct HaplotypeRequest {
    VariantModelRequest model;
    std::int64_t max_indel = 200;
    double max_ref_mismatch = 0.1;
    std::string vcf, sample;
    // In any order, without overlaps (bad_input). Absent: each step of the window grid that a
    // record begins in. A region is cut at gaps.
    std::optional<std::vector<genome::Interval>> regions;
    formats::TextSink output;
    formats::TextSink sequences;  // FASTA of the haplotypes; may be empty
    Provenance provenance;
};

// Columns: contig start end sample hap n_applied n_unphased n_skipped llr site flank.
const std::vector<std::string>& haplotype_columns();
void score_haplotypes(genome::Reference& reference, const HaplotypeRequest& request);

// What a sample has of one record.
struct CalledVariant {
    genome::Variant variant;
    CheckedVariant checked;
    std::vector<int> alleles;  // per copy: 0 REF, k alternative k - 1, -1 not called
    bool phased = false;
};

// One copy of a region with the called alternatives applied, as `bcftools consensus -H` applies
// them: an unphased heterozygote never, nor what overlaps an earlier one. The whole region is
// replaced. A record that begins in the region and ends behind it is skipped.
struct AppliedHaplotype {
    genome::Replacement replacement;
    std::int64_t applied = 0, unphased = 0, skipped = 0;
};
AppliedHaplotype apply_variants(genome::Reference& reference, const genome::Interval& region,
                                const std::vector<CalledVariant>& variants, std::size_t copy);

}  // namespace dna_hnet::tasks
