#include "tasks/variant_check.hpp"

#include <algorithm>

#include "genome/segments.hpp"

namespace dna_hnet::tasks {
namespace {

using genome::AlleleStatus;
using genome::Base;
using genome::Interval;

bool is_acgt(const std::string& letters) {
    return letters.find_first_not_of("ACGTacgt") == std::string::npos;
}

std::optional<AlleleStatus> kind_of(const std::string& allele) {
    if (allele.find_first_of("[]") != std::string::npos) return AlleleStatus::breakend;
    if (allele.front() == '<') return AlleleStatus::symbolic;
    if (allele == "*") return AlleleStatus::star;
    // A single breakend: G. or .G
    if (allele.size() > 1 && (allele.front() == '.' || allele.back() == '.')) {
        return AlleleStatus::breakend;
    }
    return std::nullopt;
}

// Bases of the longer string in the difference of two spellings.
std::int64_t difference_length(std::vector<Base> reference, std::vector<Base> alternative) {
    genome::trim_common(reference, alternative);
    return static_cast<std::int64_t>(std::max(reference.size(), alternative.size()));
}

}  // namespace

std::vector<Base> allele_bases(const std::string& letters) {
    std::vector<Base> bases;
    for (const char letter : letters) {
        bases.push_back(genome::base_code(genome::encode_base(letter)));
    }
    return bases;
}

VariantChecker::VariantChecker(genome::Reference& reference, std::vector<Interval> training,
                               std::int64_t max_indel)
    : reference_(reference),
      contigs_(reference),
      training_(std::move(training)),
      max_indel_(max_indel) {}

const std::vector<Interval>& VariantChecker::segments_of(std::int64_t contig) {
    if (contig != contig_) {
        segments_ = genome::find_segments(reference_, contig);
        contig_ = contig;
    }
    return segments_;
}

std::optional<Interval> VariantChecker::segment_of(const Interval& interval) {
    const auto& segments = segments_of(interval.contig);
    const auto after = std::upper_bound(
        segments.begin(), segments.end(), interval.begin,
        [](std::int64_t position, const Interval& segment) { return position < segment.begin; });
    if (after == segments.begin() || (after - 1)->end < interval.end) return std::nullopt;
    return *(after - 1);
}

CheckedVariant VariantChecker::check(const genome::Variant& variant) {
    CheckedVariant checked;
    const auto all = [&](AlleleStatus status) {
        checked.statuses.assign(variant.alternatives.size(), status);
        return checked;
    };
    const std::int64_t contig = contigs_.find(variant.contig);
    checked.unknown_contig = contig < 0;
    if (checked.unknown_contig) return all(AlleleStatus::unknown_contig);
    const auto length = static_cast<std::int64_t>(variant.ref.size());
    checked.replaced = {contig, variant.position, variant.position + length};
    if (variant.position < 0 ||
        checked.replaced.end > reference_.contigs()[static_cast<std::size_t>(contig)].length) {
        return all(AlleleStatus::past_end);
    }
    checked.in_range = true;
    checked.in_training = !genome::intersection({checked.replaced}, training_).empty();
    const auto segment = segment_of(checked.replaced);
    const bool known = is_acgt(variant.ref);
    std::vector<Base> here;
    if (segment) {
        checked.segment = *segment;
        here = genome::read_bases(reference_, checked.replaced, genome::Strand::forward);
        checked.compared = known;
        checked.ref_mismatch = known && here != allele_bases(variant.ref);
    }
    for (const std::string& allele : variant.alternatives) {
        AlleleStatus status = AlleleStatus::ok;
        if (const auto kind = kind_of(allele)) {
            status = *kind;
        } else if (!segment) {
            status = AlleleStatus::in_gap;
        } else if (!known || !is_acgt(allele)) {
            status = AlleleStatus::not_acgt;
        } else if (checked.ref_mismatch) {
            status = AlleleStatus::ref_mismatch;
        } else if (difference_length(here, allele_bases(allele)) > max_indel_) {
            status = AlleleStatus::too_long;
        }
        checked.statuses.push_back(status);
    }
    return checked;
}

}  // namespace dna_hnet::tasks
