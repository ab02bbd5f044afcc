#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "formats/text.hpp"
#include "formats/tsv.hpp"
#include "report/locus.hpp"

namespace dna_hnet::report {
namespace {

using formats::Plot;
using formats::Scale;
using formats::Svg;

constexpr double kWidth = 1000, kLeft = 118, kRight = 14;
constexpr double kSeen = 4;              // pixels a chunk must have to be drawn as a box
constexpr std::int64_t kOneByOne = 400;  // bases that fit beside each other as letters
constexpr std::int64_t kZoom = 150;
constexpr int kBins = 125;

const char* colour_of(genome::Strand strand) {
    return strand == genome::Strand::forward ? "c1" : "c2";
}
const char* name_of(genome::Strand strand) {
    return strand == genome::Strand::forward ? "forward" : "reverse";
}

// Rows of one panel, from the top down.
class Panel {
  public:
    Panel(Svg& svg, const Locus& locus, std::int64_t begin, std::int64_t end, double top)
        : svg_(svg),
          locus_(locus),
          begin_(begin),
          end_(end),
          x_{static_cast<double>(begin), static_cast<double>(end), kLeft, kWidth - kRight},
          y_(top) {}

    double bottom() const { return y_; }
    double x(std::int64_t gap) const {
        return x_.at(static_cast<double>(std::clamp(gap, begin_, end_)));
    }
    double per_base() const { return x_.at(1) - x_.at(0); }
    void label(std::string_view text, double baseline, std::string_view classes = "") {
        svg_.text(kLeft - 10, baseline, text, classes, "end");
    }

    void ruler();
    void stage(std::int64_t stage);
    void letters();
    void values(bool one_by_one);
    void features();
    void mark(std::int64_t begin, std::int64_t end, double from);

  private:
    void boxes(const ChunkTrack& track);
    void density(const std::vector<const ChunkTrack*>& tracks);
    void bars(const ValueTrack& track, double top_value);
    void curves(const std::vector<const ValueTrack*>& tracks, const std::string& axis);

    Svg& svg_;
    const Locus& locus_;
    std::int64_t begin_, end_;
    Scale x_;
    double y_;
};

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

// Boundaries per base in bins, counted at gaps.
void Panel::density(const std::vector<const ChunkTrack*>& tracks) {
    const double length = static_cast<double>(end_ - begin_);
    const int bins = static_cast<int>(std::min<std::int64_t>(kBins, end_ - begin_));
    std::vector<std::vector<std::pair<double, double>>> lines;
    double top = 0;
    for (const ChunkTrack* track : tracks) {
        std::vector<double> counts(static_cast<std::size_t>(bins));
        for (const Chunk& chunk : track->chunks) {
            const std::int64_t gap =
                track->strand == genome::Strand::forward ? chunk.begin : chunk.end;
            if (gap < begin_ || gap >= end_) continue;
            ++counts[static_cast<std::size_t>(static_cast<double>(gap - begin_) / length * bins)];
        }
        auto& line = lines.emplace_back();
        for (int bin = 0; bin < bins; ++bin) {
            const double rate = counts[static_cast<std::size_t>(bin)] / (length / bins);
            line.emplace_back(static_cast<double>(begin_) + (bin + 0.5) * length / bins, rate);
            top = std::max(top, rate);
        }
    }
    y_ += 16;
    Plot plot(svg_, {kLeft, y_, kWidth - kLeft - kRight, 70},
              {{static_cast<double>(begin_), static_cast<double>(end_)}, "", 0},
              {{0, std::max(top * 1.05, 0.01)},
               fmt::format("stage {}: boundaries per base", tracks[0]->stage),
               3});
    for (std::size_t i = 0; i < lines.size(); ++i) {
        plot.polyline(lines[i], fmt::format("s {}", colour_of(tracks[i]->strand)));
    }
    y_ += 70 + 16;
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
    const double size = std::min(12.0, per_base() * 1.6);
    if (size < 5) return;
    for (std::int64_t base = begin_; base < end_; ++base) {
        const auto letter = static_cast<std::size_t>(base - locus_.place.begin);
        svg_.text((x(base) + x(base + 1)) / 2, y_ + 10, locus_.bases.substr(letter, 1),
                  size < 8 ? "base tiny" : "base", "middle");
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
              formats::tsv_number(middle, probability ? 1 : 0), "m k");
    y_ += kHeight + 8;
}

// Means in bins, lines of both strands in one plot.
void Panel::curves(const std::vector<const ValueTrack*>& tracks, const std::string& axis) {
    const double length = static_cast<double>(end_ - begin_);
    const auto bins = std::min<std::int64_t>(kBins, end_ - begin_);
    std::vector<std::vector<std::pair<double, double>>> lines;
    double low = 1e300, high = -1e300;
    for (const ValueTrack* track : tracks) {
        auto& line = lines.emplace_back();
        for (std::int64_t bin = 0; bin < bins; ++bin) {
            const std::int64_t from = (end_ - begin_) * bin / bins,
                               to = (end_ - begin_) * (bin + 1) / bins;
            double sum = 0, count = 0;
            for (std::int64_t i = from; i < to; ++i) {
                const float value =
                    track->values[static_cast<std::size_t>(begin_ - locus_.place.begin + i)];
                if (std::isnan(value)) continue;
                sum += value;
                ++count;
            }
            const double mean = count > 0 ? sum / count : std::nan("");
            const auto middle = (static_cast<double>(bin) + 0.5) / static_cast<double>(bins);
            line.emplace_back(static_cast<double>(begin_) + middle * length, mean);
            if (count > 0) low = std::min(low, mean), high = std::max(high, mean);
        }
    }
    if (low > high) return;
    y_ += 16;
    const double margin = std::max(0.05 * (high - low), 0.01);
    Plot plot(svg_, {kLeft, y_, kWidth - kLeft - kRight, 70},
              {{static_cast<double>(begin_), static_cast<double>(end_)}, "", 0},
              {{low - margin, high + margin}, axis, 3});
    for (std::size_t i = 0; i < lines.size(); ++i)
        plot.polyline(lines[i], "s " + tracks[i]->colour);
    y_ += 70 + 16;
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
    if (!bits.empty()) curves(bits, "bits per base, means of bins");
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

// The bases that are shown one by one: around a feature's edge where there is one, else the first.
std::int64_t zoom_begin(const Locus& locus) {
    const std::int64_t last = locus.place.end - kZoom;
    for (const FeatureTrack& track : locus.features) {
        for (auto item = track.items.rbegin(); item != track.items.rend(); ++item) {
            for (const std::int64_t edge : {item->begin, item->end}) {
                if (edge > locus.place.begin + kZoom / 2 && edge < locus.place.end - kZoom / 2) {
                    return edge - kZoom / 2;
                }
            }
        }
    }
    return std::min(locus.place.begin, last);
}

void draw_panel(Panel& panel, bool one_by_one) {
    panel.ruler();
    for (std::int64_t stage = 0; stage < 10; ++stage) {
        panel.stage(stage);
        if (stage == 0 && one_by_one) panel.letters();
    }
    panel.values(one_by_one);
    panel.features();
}

}  // namespace

formats::Svg draw_locus(const Locus& locus, const std::string& title) {
    const Place& place = locus.place;
    Svg svg(
        kWidth, 0, title,
        "Above, the whole place: boundaries per base or chunks of both strands, bits per base and "
        "features. Below, where the place is long, some of its bases one by one.");
    svg.text(0, 14, fmt::format("{}, {} bases", place.text(), formats::grouped(place.length())),
             "b");
    const bool short_place = place.length() <= kOneByOne;
    Panel whole(svg, locus, place.begin, place.end, 22);
    const double top = whole.bottom() + 18;
    draw_panel(whole, short_place);
    double bottom = whole.bottom();
    if (!short_place) {
        const std::int64_t begin = zoom_begin(locus);
        whole.mark(begin, begin + kZoom, top);
        svg.text(0, bottom + 30,
                 fmt::format("The {} bases between the dashed lines, {}", kZoom,
                             Place{place.contig, begin, begin + kZoom}.text()),
                 "b");
        Panel zoom(svg, locus, begin, begin + kZoom, bottom + 38);
        draw_panel(zoom, true);
        bottom = zoom.bottom();
    }
    svg.set_height(bottom + 8);
    return svg;
}

}  // namespace dna_hnet::report
