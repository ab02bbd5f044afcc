#include "tracks/coverage_zoom.hpp"

#include <algorithm>
#include <limits>

namespace dna_hnet::tracks {

void DepthSums::add(std::uint64_t count, double depth) {
    const auto bases_here = static_cast<double>(count);
    add({count, depth, depth, bases_here * depth, bases_here * depth * depth});
}

void DepthSums::add(const DepthSums& other) {
    if (other.bases == 0) return;
    smallest = bases == 0 ? other.smallest : std::min(smallest, other.smallest);
    largest = std::max(largest, other.largest);
    bases += other.bases;
    sum += other.sum;
    sum_of_squares += other.sum_of_squares;
}

void ZoomLevel::widen(std::uint32_t factor) {
    width *= factor;
    std::size_t kept = 0;
    for (std::size_t i = 0; i < windows.size(); ++i) {
        ZoomWindow window = windows[i];
        window.number /= factor;
        if (kept > 0 && windows[kept - 1].contig == window.contig &&
            windows[kept - 1].number == window.number) {
            windows[kept - 1].depth.add(window.depth);
        } else {
            windows[kept++] = window;
        }
    }
    windows.resize(kept);
}

void CoverageZoom::add(std::uint32_t contig, std::uint32_t begin, std::uint32_t end) {
    if (contig != contig_) {
        finish();
        contig_ = contig;
        position_ = 0;
    }
    advance(begin);
    ends_.push(end);
}

void CoverageZoom::finish() {
    advance(std::numeric_limits<std::uint32_t>::max());
}

void CoverageZoom::advance(std::uint32_t to) {
    while (!ends_.empty() && ends_.top() <= to) {
        cover(ends_.top());
        ends_.pop();
    }
    if (!ends_.empty()) cover(to);
    position_ = to;
}

void CoverageZoom::cover(std::uint32_t to) {
    const auto depth = static_cast<double>(ends_.size());
    if (position_ < to) total_.add(to - position_, depth);
    while (position_ < to) {
        const std::uint32_t number = position_ / finest_.width;
        if (finest_.windows.empty() || finest_.windows.back().contig != contig_ ||
            finest_.windows.back().number != number) {
            if (finest_.windows.size() == most_windows_) {
                finest_.widen(2);
                continue;  // the window that is needed may be there now
            }
            finest_.windows.push_back({contig_, number, {}});
        }
        const std::uint64_t edge = (std::uint64_t{number} + 1) * finest_.width;
        const auto end = static_cast<std::uint32_t>(std::min<std::uint64_t>(to, edge));
        finest_.windows.back().depth.add(end - position_, depth);
        position_ = end;
    }
}

std::vector<ZoomLevel> CoverageZoom::levels() const {
    std::vector<ZoomLevel> levels;
    for (ZoomLevel level = finest_; !level.windows.empty() && levels.size() < kMostLevels;) {
        if (!levels.empty() && level.windows.size() == levels.back().windows.size()) break;
        levels.push_back(level);
        if (level.width > std::numeric_limits<std::uint32_t>::max() / 4) break;
        level.widen(4);
    }
    return levels;
}

}  // namespace dna_hnet::tracks
