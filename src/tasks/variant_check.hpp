#pragma once
// What a variant's alleles are on a reference, before any model is asked (semantics.md section 7).
// Torch-free.
#include <cstdint>
#include <optional>
#include <vector>

#include "genome/haplotypes.hpp"
#include "genome/reference.hpp"
#include "genome/variant.hpp"

namespace dna_hnet::tasks {

struct CheckedVariant {
    bool in_range = false;                       // REF lies in a contig of the reference
    bool ref_mismatch = false;                   // REF is another sequence there
    bool in_training = false;                    // REF touches a training interval
    std::vector<genome::AlleleStatus> statuses;  // of each alternative
    genome::Interval replaced;                   // what REF covers, in range
    genome::Interval segment;                    // that holds it, where a status is OK
};

class VariantChecker {
  public:
    // `training`: merged. The reference must outlive this.
    VariantChecker(genome::Reference& reference, std::vector<genome::Interval> training,
                   std::int64_t max_indel);

    // Case is of no account. An allele that fails in two ways has the first of: UNKNOWN_CONTIG,
    // PAST_END, SYMBOLIC, STAR, BREAKEND, IN_GAP, NOT_ACGT, REF_MISMATCH, TOO_LONG (more than
    // max_indel bases of reference or alternative in the difference).
    CheckedVariant check(const genome::Variant& variant);

    // The segments of a contig; of the last one asked for they are at hand.
    const std::vector<genome::Interval>& segments_of(std::int64_t contig);

  private:
    std::optional<genome::Interval> segment_of(const genome::Interval& interval);

    genome::Reference& reference_;
    genome::ContigTable contigs_;
    std::vector<genome::Interval> training_;
    std::int64_t max_indel_;
    std::int64_t contig_ = -1;  // whose segments are at hand
    std::vector<genome::Interval> segments_;
};

// The alternative's letters as bases; the status of the allele was OK.
std::vector<genome::Base> allele_bases(const std::string& letters);

}  // namespace dna_hnet::tasks
