#include <algorithm>

#include "tasks/sample_haplotypes.hpp"

namespace dna_hnet::tasks {
namespace {

bool is_heterozygous(const std::vector<int>& alleles) {
    return std::any_of(alleles.begin(), alleles.end(),
                       [&](int allele) { return allele != alleles.front(); });
}

}  // namespace

AppliedHaplotype apply_variants(genome::Reference& reference, const genome::Interval& region,
                                const std::vector<CalledVariant>& variants, std::size_t copy) {
    AppliedHaplotype result;
    result.replacement.replaced = region;
    auto& bases = result.replacement.bases;
    const auto whole = genome::read_bases(reference, region, genome::Strand::forward);
    std::int64_t taken = region.begin;  // the reference is copied up to here
    const auto copy_to = [&](std::int64_t end) {
        bases.insert(bases.end(), whole.begin() + (taken - region.begin),
                     whole.begin() + (end - region.begin));
        taken = end;
    };
    bool after_insertion = false;
    for (const CalledVariant& called : variants) {
        // Of which copy an unphased heterozygote is nobody knows: it counts in both.
        if (!called.phased && is_heterozygous(called.alleles)) {
            ++result.unphased;
            continue;
        }
        if (copy >= called.alleles.size() || called.alleles[copy] <= 0) continue;
        const auto number = static_cast<std::size_t>(called.alleles[copy] - 1);
        genome::Interval replaced = called.checked.replaced;
        if (number >= called.checked.statuses.size() ||
            called.checked.statuses[number] != genome::AlleleStatus::ok ||
            replaced.end > region.end) {
            ++result.skipped;
            continue;
        }
        auto allele = allele_bases(called.variant.alternatives[number]);
        const auto ref = allele_bases(called.variant.ref);
        const bool is_indel = ref.size() != allele.size();
        if (replaced.begin < taken && result.applied > 0) {
            // An indel may begin with the last base of the one before: it leaves it as it is.
            const bool only_anchor = replaced.begin == taken - 1 && is_indel &&
                                     ref.front() == allele.front() && !after_insertion;
            if (!only_anchor) {
                ++result.skipped;
                continue;
            }
            ++replaced.begin;
            allele.erase(allele.begin());
        }
        copy_to(replaced.begin);
        bases.insert(bases.end(), allele.begin(), allele.end());
        taken = replaced.end;
        after_insertion =
            is_indel && called.variant.ref.size() < called.variant.alternatives[number].size();
        ++result.applied;
    }
    copy_to(region.end);
    return result;
}

}  // namespace dna_hnet::tasks
