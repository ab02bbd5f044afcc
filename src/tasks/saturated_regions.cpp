#include <algorithm>

#include "tasks/variants.hpp"

namespace dna_hnet::tasks {

SaturatedRegions::SaturatedRegions(genome::Reference& reference,
                                   std::vector<genome::Interval> regions)
    : reference_(reference), regions_(std::move(regions)) {}

bool SaturatedRegions::next(genome::Variant& variant) {
    constexpr std::int64_t kBlock = 1 << 16;
    for (; region_ < regions_.size(); ++region_, position_ = -1) {
        const genome::Interval& region = regions_[region_];
        if (position_ < 0) position_ = region.begin;
        for (; position_ < region.end; ++position_) {
            if (block_.contig != region.contig || position_ < block_.begin ||
                position_ >= block_.end) {
                block_ = {region.contig, position_, std::min(region.end, position_ + kBlock)};
                bases_ = genome::read_bases(reference_, block_, genome::Strand::forward);
            }
            const genome::Base base = bases_[static_cast<std::size_t>(position_ - block_.begin)];
            if (!genome::is_acgt(base)) continue;
            variant.contig = reference_.contigs()[static_cast<std::size_t>(region.contig)].name;
            variant.position = position_++;
            variant.ref = std::string(1, genome::decode_base(base));
            variant.alternatives.clear();
            for (genome::Base other = 0; other < 4; ++other) {
                if (other != base) variant.alternatives.emplace_back(1, genome::decode_base(other));
            }
            return true;
        }
    }
    return false;
}

}  // namespace dna_hnet::tasks
