#include "tracks/coverage_depth.hpp"

#include <limits>

namespace dna_hnet::tracks {

void CoverageDepth::add(std::uint32_t contig, std::uint32_t begin, std::uint32_t end) {
    if (contig != contig_) {
        finish();
        contig_ = contig;
        position_ = 0;
    }
    advance(begin);
    ends_.push(end);
}

void CoverageDepth::finish() {
    advance(std::numeric_limits<std::uint32_t>::max());
}

void CoverageDepth::advance(std::uint32_t to) {
    while (!ends_.empty() && ends_.top() <= to) {
        cover(ends_.top());
        ends_.pop();
    }
    if (!ends_.empty()) cover(to);
    position_ = to;
}

void CoverageDepth::cover(std::uint32_t to) {
    if (position_ < to) use_(contig_, position_, to, static_cast<std::uint32_t>(ends_.size()));
    position_ = to;
}

}  // namespace dna_hnet::tracks
