#include "report/locus_panel.hpp"

#include <fmt/format.h>

#include <cmath>

#include "formats/text.hpp"

namespace dna_hnet::report {
namespace {

using formats::Plot;
using formats::Scale;

constexpr double kSeen = 4;      // pixels a chunk must have to be drawn as a box
constexpr double kLetter = 5.4;  // pixels of a letter of class `base`

const char* colour_of(genome::Strand strand) {
    return strand == genome::Strand::forward ? "c1" : "c2";
}
const char* name_of(genome::Strand strand) {
    return strand == genome::Strand::forward ? "forward" : "reverse";
}

}  // namespace

void Panel::ruler() {
    svg_.line(kLeft, y_ + 18, kWidth - kRight, y_ + 18, "a");
    for (const double tick :
         formats::nice_ticks(static_cast<double>(begin_ + 1), static_cast<double>(end_), 7)) {
        // Tick b stands in the middle of base b, which is 1-based.
        const double at = x_.at(tick - 0.5);
        svg_.line(at, y_ + 18, at, y_ + 23, "a");
        svg_.text(at, y_ + 13, formats::grouped(std::llround(tick)), "m k", "middle");
    }
    label(locus_.place.contig, y_ + 20, "m");
    y_ += 34;
}

void Panel::boxes(const ChunkTrack& track) {
    label(fmt::format("stage {} {}", track.stage, name_of(track.strand)), y_ + 12,
          colour_of(track.strand));
    bool turn = false;
    for (const Chunk& chunk : track.chunks) {
        if (chunk.end <= begin_ || chunk.begin >= end_) continue;
        const double width = x(chunk.end) - x(chunk.begin);
        const double gap = std::min(1.0, width / 4);
        svg_.rect(x(chunk.begin) + gap / 2, y_, width - gap, 16,
                  fmt::format("f {}{}", colour_of(track.strand), turn ? " pale" : ""));
        turn = !turn;
    }
    y_ += 20;
}

void Panel::lines(const std::vector<Line>& lines, std::pair<double, double> range,
                  const std::string& axis) {
    constexpr double kHeight = 70;
    y_ += 16;
    Plot plot(svg_, {kLeft, y_, kWidth - kLeft - kRight, kHeight},
              {{static_cast<double>(begin_), static_cast<double>(end_)}, "", 0}, {range, axis, 3});
    for (const Line& line : lines) plot.polyline(line.points, "s " + line.colour);
    y_ += kHeight + 16;
}

// Boundaries per base in bins, counted at gaps.
void Panel::density(const std::vector<const ChunkTrack*>& tracks) {
    const Bins bins(begin_, end_);
    std::vector<Line> all;
    double top = 0;
    for (const ChunkTrack* track : tracks) {
        std::vector<double> counts(bins.count);
        for (const Chunk& chunk : track->chunks) {
            const bool forward = track->strand == genome::Strand::forward;
            const std::int64_t gap = forward ? chunk.begin : chunk.end;
            if (gap >= begin_ && gap < end_) ++counts[bins.of(gap)];
        }
        Line& line = all.emplace_back(Line{{}, colour_of(track->strand)});
        for (std::size_t bin = 0; bin < bins.count; ++bin) {
            const double rate = counts[bin] / bins.width();
            line.points.emplace_back(bins.middle(bin), rate);
            top = std::max(top, rate);
        }
    }
    lines(all, {0, std::max(top * 1.05, 0.01)},
          fmt::format("stage {}: boundaries per base", tracks[0]->stage));
}

void Panel::stage(std::int64_t stage) {
    std::vector<const ChunkTrack*> tracks;
    std::size_t inside = 0, most = 0;
    for (const ChunkTrack& track : locus_.chunks) {
        if (track.stage != stage) continue;
        tracks.push_back(&track);
        inside = static_cast<std::size_t>(std::count_if(
            track.chunks.begin(), track.chunks.end(),
            [&](const Chunk& chunk) { return chunk.begin < end_ && chunk.end > begin_; }));
        most = std::max(most, inside);
    }
    if (tracks.empty()) return;
    if (static_cast<double>(most) * kSeen <= kWidth - kLeft - kRight) {
        for (const ChunkTrack* track : tracks) boxes(*track);
        y_ += 4;
    } else {
        density(tracks);
    }
}

void Panel::letters() {
    if (locus_.bases.empty()) return;
    if (per_base() < kLetter) return;
    for (std::int64_t base = begin_; base < end_; ++base) {
        const auto letter = static_cast<std::size_t>(base - locus_.place.begin);
        svg_.text((x(base) + x(base + 1)) / 2, y_ + 10, locus_.bases.substr(letter, 1), "base",
                  "middle");
    }
    y_ += 20;
}

void Panel::bars(const ValueTrack& track, double top_value) {
    constexpr double kHeight = 42;
    y_ += 4;
    label(track.name, y_ + kHeight / 2 + 4, track.colour);
    const Scale scale{0, top_value, y_ + kHeight, y_};
    for (std::int64_t base = begin_; base < end_; ++base) {
        const float value = track.values[static_cast<std::size_t>(base - locus_.place.begin)];
        if (std::isnan(value)) continue;
        const double top = scale.at(std::clamp(static_cast<double>(value), 0.0, top_value));
        const double gap = std::min(1.0, per_base() / 5);
        svg_.rect(x(base) + gap / 2, top, per_base() - gap, y_ + kHeight - top,
                  "f pale " + track.colour);
    }
    svg_.line(kLeft, y_ + kHeight, kWidth - kRight, y_ + kHeight, "a");
    const bool probability = track.name.starts_with("p ");
    const double middle = probability ? 0.5 : 2;
    svg_.line(kLeft, scale.at(middle), kWidth - kRight, scale.at(middle), "a dash pale");
    svg_.text(kWidth - kRight + 2, scale.at(middle) + 3,
              formats::shown(middle, probability ? 1 : 0), "m k");
    y_ += kHeight + 8;
}

// Means in bins, lines of both strands in one plot.
void Panel::means(const std::vector<const ValueTrack*>& tracks, const std::string& axis) {
    const Bins bins(begin_, end_);
    std::vector<Line> all;
    double low = 1e300, high = -1e300;
    for (const ValueTrack* track : tracks) {
        std::vector<double> sums(bins.count), counts(bins.count);
        for (std::int64_t base = begin_; base < end_; ++base) {
            const float value = track->values[static_cast<std::size_t>(base - locus_.place.begin)];
            if (std::isnan(value)) continue;
            sums[bins.of(base)] += value;
            ++counts[bins.of(base)];
        }
        Line& line = all.emplace_back(Line{{}, track->colour});
        for (std::size_t bin = 0; bin < bins.count; ++bin) {
            const double mean = counts[bin] > 0 ? sums[bin] / counts[bin] : std::nan("");
            line.points.emplace_back(bins.middle(bin), mean);
            if (std::isnan(mean)) continue;
            low = std::min(low, mean);
            high = std::max(high, mean);
        }
    }
    const double margin = std::max(0.05 * (high - low), 0.01);
    if (low <= high) lines(all, {low - margin, high + margin}, axis);
}

void Panel::values(bool one_by_one) {
    std::vector<const ValueTrack*> bits;
    for (const ValueTrack& track : locus_.values) {
        const bool probability = track.name.starts_with("p ");
        if (one_by_one) {
            bars(track, probability ? 1 : 4);
        } else if (!probability) {
            bits.push_back(&track);
        }
    }
    if (!bits.empty()) means(bits, "bits per base, means of bins");
}

void Panel::features() {
    for (const FeatureTrack& track : locus_.features) {
        label(track.name, y_ + 11);
        for (const FeatureTrack::Item& item : track.items) {
            if (item.end <= begin_ || item.begin >= end_) continue;
            const char* const colour = item.strand == '+' ? "c1" : item.strand == '-' ? "c2" : "c3";
            const double height = std::max(1.5, 13 * item.height);
            svg_.rect(x(item.begin), y_ + 7 - height / 2,
                      std::max(0.8, x(item.end) - x(item.begin)), height,
                      fmt::format("f {}", colour));
        }
        y_ += 19;
    }
}

void Panel::mark(std::int64_t begin, std::int64_t end, double from) {
    for (const std::int64_t gap : {begin, end}) svg_.line(x(gap), from, x(gap), y_, "a dash");
}

}  // namespace dna_hnet::report
