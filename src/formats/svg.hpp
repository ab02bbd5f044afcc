#pragma once
// Pictures as SVG text: scales and their ticks, shapes, a plot with axes. Lengths in
// pixels of the picture, y downwards. Colours and strokes come from the classes of kSvgStyle, so
// that one picture serves light and dark pages.
//
//   Svg svg(300, 120, "Loss", "One line that falls from 2 to 1.");
//   Plot plot(svg, {40, 10, 250, 80}, {{0, 100}, "steps"}, {{1, 2}, "bits"});
//   plot.polyline({{0, 2}, {100, 1}}, "c1");
//   page += svg.inline_text();
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dna_hnet::formats {

// From `low` to `high` onto pixels.
struct Scale {
    double low = 0, high = 1, from = 0, to = 1;
    double at(double value) const { return from + (value - low) / (high - low) * (to - from); }
};

// About `count` round numbers (1, 2 or 5 times a power of ten apart) in [low, high], ascending.
std::vector<double> nice_ticks(double low, double high, int count);
// The same number of decimals on all; from 10,000 on k, M or G for all: {0, 5e5, 1e6} -> 0, 0.5 M,
// 1 M.
std::vector<std::string> tick_labels(const std::vector<double>& ticks);

// c1 to c4 are blue, vermillion, green and purple of Okabe and Ito's palette. Shapes take a colour
// class and `f` (filled) or `s` (stroked).
extern const std::string_view kSvgStyle;

class Svg {
  public:
    Svg(double width, double height, std::string title, std::string description);

    void text(double x, double y, std::string_view text, std::string_view classes = "",
              std::string_view anchor = "start");
    void line(double x1, double y1, double x2, double y2, std::string_view classes);
    void rect(double x, double y, double width, double height, std::string_view classes);
    void circle(double x, double y, double radius, std::string_view classes);
    void path(std::string_view data, std::string_view classes);
    double width() const { return width_; }
    double height() const { return height_; }
    void set_height(double height) { height_ = height; }

    std::string inline_text() const;  // for a page that has kSvgStyle
    std::string document() const;     // a file of its own

  private:
    std::string opening(std::string_view attributes) const;
    double width_, height_;
    std::string title_, description_, body_;
};

// "M1 2L3 4": a line through the points, broken at a NaN.
std::string path_of(const std::vector<std::pair<double, double>>& points);

// Axes with ticks and grid lines. What leaves their range is drawn at its edge.
class Plot {
  public:
    struct Frame {
        double left, top, width, height;
    };
    struct Axis {
        std::pair<double, double> range;
        std::string label;
        int ticks = 5;  // about so many; 0: no axis is drawn
    };
    Plot(Svg& svg, const Frame& frame, const Axis& x, const Axis& y);

    double x(double value) const;
    double y(double value) const;
    void polyline(const std::vector<std::pair<double, double>>& points, std::string_view classes);

  private:
    void draw_x(const Axis& axis);
    void draw_y(const Axis& axis);
    Svg& svg_;
    Frame frame_;
    Scale x_, y_;
};

}  // namespace dna_hnet::formats
