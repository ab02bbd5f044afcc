#pragma once
// What a variant's alleles are on a reference, before any model is asked (semantics.md section 7).
// Torch-free.
#include <cstdint>
#include <optional>
#include <vector>

#include "genome/haplotypes.hpp"
#include "genome/reference.hpp"
#include "genome/variant.hpp"
#include "hts/variant_file.hpp"

namespace dna_hnet::tasks {

struct CheckedVariant {
    bool unknown_contig = false;
    bool in_range = false;      // REF lies in a contig of the reference
    bool compared = false;      // and is A, C, G and T in a segment
    bool ref_mismatch = false;  // but another sequence than the reference has there
    bool in_training = false;   // REF touches a training interval
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
    // The one that holds the whole interval.
    std::optional<genome::Interval> segment_of(const genome::Interval& interval);

  private:
    genome::Reference& reference_;
    genome::ContigTable contigs_;
    std::vector<genome::Interval> training_;
    std::int64_t max_indel_;
    std::int64_t contig_ = -1;  // whose segments are at hand
    std::vector<genome::Interval> segments_;
};

// Whether a file's REF columns are of this reference: the first 1,000 records that can be compared,
// among the first 65,536, decide before anything is written.
class ReferenceCheck {
  public:
    // Warns of contigs that have another length in the header.
    ReferenceCheck(const hts::VariantFile& file, const genome::Reference& reference,
                   double max_mismatch);
    // The first unknown contig is warned of, with the closest name. bad_input, with the last record
    // that counts, when more than max_mismatch of them, and 20 or more, differ.
    void add(const genome::Variant& variant, const CheckedVariant& checked);
    bool is_over() const { return over_; }
    void finish();  // of a file that ends before
    std::int64_t out_of_range() const { return out_of_range_; }
    std::int64_t mismatches() const { return mismatches_; }  // of all records

  private:
    const hts::VariantFile& file_;
    const genome::Reference& reference_;
    double max_mismatch_;
    std::int64_t records_ = 0, compared_ = 0, out_of_range_ = 0, mismatches_ = 0;
    std::string first_mismatch_;
    bool over_ = false, warned_ = false;
};

// The alternative's letters as bases; the status of the allele was OK.
std::vector<genome::Base> allele_bases(const std::string& letters);

}  // namespace dna_hnet::tasks
