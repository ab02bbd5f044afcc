#pragma once
// A part of a locus, drawn as rows under one another.
#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "report/locus.hpp"

namespace dna_hnet::report {

inline constexpr double kWidth = 1000, kLeft = 118, kRight = 26;
inline constexpr std::int64_t kBins = 125;

struct Line {
    std::vector<std::pair<double, double>> points;
    std::string colour;
};

// [begin, end) in parts of equal length.
struct Bins {
    Bins(std::int64_t from, std::int64_t to)
        : begin(from),
          length(to - from),
          count(static_cast<std::size_t>(std::min(kBins, length))) {}
    double width() const { return static_cast<double>(length) / static_cast<double>(count); }
    std::size_t of(std::int64_t base) const {
        return static_cast<std::size_t>(base - begin) * count / static_cast<std::size_t>(length);
    }
    double middle(std::size_t bin) const {
        return static_cast<double>(begin) + (static_cast<double>(bin) + 0.5) * width();
    }
    std::int64_t begin, length;
    std::size_t count;
};

// Rows of one panel, from the top down.
class Panel {
  public:
    Panel(formats::Svg& svg, const Locus& locus, std::int64_t begin, std::int64_t end, double top)
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
    void means(const std::vector<const ValueTrack*>& tracks, const std::string& axis);
    void lines(const std::vector<Line>& lines, std::pair<double, double> range,
               const std::string& axis);

    formats::Svg& svg_;
    const Locus& locus_;
    std::int64_t begin_, end_;
    formats::Scale x_;
    double y_;
};

}  // namespace dna_hnet::report
