// Plot, and how pictures look.
#include <algorithm>
#include <cmath>

#include "formats/svg.hpp"

namespace dna_hnet::formats {

const std::string_view kSvgStyle = R"(
:root{--paper:#fff;--ink:#1d2126;--muted:#5d6670;--rule:#e1e5e9;--blue:#0072b2;--vermillion:#d55e00;--green:#009e73;--purple:#a85c8a}
@media (prefers-color-scheme:dark){:root{--paper:#15181c;--ink:#e6e9ec;--muted:#a0a9b3;--rule:#30363d;--blue:#56b4e9;--vermillion:#f2894a;--green:#2fc79b;--purple:#dd9fc3}}
@media print{:root{--paper:#fff;--ink:#000;--muted:#444;--rule:#ddd;--blue:#0072b2;--vermillion:#d55e00;--green:#009e73;--purple:#a85c8a}}
svg{color:var(--ink);font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;font-size:11px}
svg text{fill:currentColor}svg .paper{fill:var(--paper)}svg .m{color:var(--muted)}svg .b{font-weight:600}svg .k{font-size:10px}
svg .base{font-size:9px;font-family:ui-monospace,Menlo,Consolas,"DejaVu Sans Mono",monospace}
svg .g{fill:none;stroke:var(--rule)}svg .a{fill:none;stroke:var(--muted)}
svg .s{fill:none;stroke:currentColor;stroke-width:1.5;stroke-linejoin:round}svg .f{fill:currentColor}
svg .thin{stroke-width:1}svg .wide{stroke-width:2.2}svg .dash{stroke-dasharray:4 3}svg .pale{opacity:.45}svg .faint{opacity:.22}
svg .open{fill:var(--paper);stroke:currentColor;stroke-width:1.5}
svg .c1{color:var(--blue)}svg .c2{color:var(--vermillion)}svg .c3{color:var(--green)}svg .c4{color:var(--purple)}
)";

Plot::Plot(Svg& svg, const Frame& frame, const Axis& x, const Axis& y)
    : svg_(svg),
      frame_(frame),
      x_{x.range.first, x.range.second, frame.left, frame.left + frame.width},
      y_{y.range.first, y.range.second, frame.top + frame.height, frame.top} {
    if (!(x_.high > x_.low)) x_.high = x_.low + 1;
    if (!(y_.high > y_.low)) y_.high = y_.low + 1;
    if (y.ticks > 0) draw_y(y);
    if (x.ticks > 0) draw_x(x);
}

double Plot::x(double value) const {
    return std::isnan(value) ? value : x_.at(std::clamp(value, x_.low, x_.high));
}

double Plot::y(double value) const {
    return std::isnan(value) ? value : y_.at(std::clamp(value, y_.low, y_.high));
}

void Plot::polyline(const std::vector<std::pair<double, double>>& points,
                    std::string_view classes) {
    std::vector<std::pair<double, double>> pixels;
    pixels.reserve(points.size());
    for (const auto& [here, value] : points) pixels.emplace_back(x(here), y(value));
    svg_.path(path_of(pixels), classes);
}

void Plot::draw_x(const Axis& axis) {
    const double bottom = frame_.top + frame_.height;
    const std::vector<double> ticks = nice_ticks(x_.low, x_.high, axis.ticks);
    const std::vector<std::string> labels = tick_labels(ticks);
    svg_.line(frame_.left, bottom, frame_.left + frame_.width, bottom, "a");
    for (std::size_t i = 0; i < ticks.size(); ++i) {
        svg_.line(x(ticks[i]), bottom, x(ticks[i]), bottom + 4, "a");
        svg_.text(x(ticks[i]), bottom + 15, labels[i], "m k", "middle");
    }
    svg_.text(frame_.left + frame_.width / 2, bottom + 30, axis.label, "m", "middle");
}

void Plot::draw_y(const Axis& axis) {
    const std::vector<double> ticks = nice_ticks(y_.low, y_.high, axis.ticks);
    const std::vector<std::string> labels = tick_labels(ticks);
    for (std::size_t i = 0; i < ticks.size(); ++i) {
        svg_.line(frame_.left, y(ticks[i]), frame_.left + frame_.width, y(ticks[i]), "g");
        svg_.text(frame_.left - 6, y(ticks[i]) + 3.5, labels[i], "m k", "end");
    }
    svg_.text(frame_.left, frame_.top - 7, axis.label, "m");
}

}  // namespace dna_hnet::formats
