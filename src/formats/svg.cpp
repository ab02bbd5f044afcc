#include "formats/svg.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "formats/text.hpp"

namespace dna_hnet::formats {
namespace {

// At most one decimal place, for pixels.
std::string pixel(double value) {
    std::string text = fmt::format("{:.1f}", value);
    if (text.ends_with(".0")) text.resize(text.size() - 2);
    return text == "-0" ? "0" : text;
}

}  // namespace

std::vector<double> nice_ticks(double low, double high, int count) {
    if (!(high > low) || count < 1) return {low};
    const double rough = (high - low) / count;
    const double power = std::pow(10, std::floor(std::log10(rough)));
    const double share = rough / power;
    const double step = power * (share < 1.5 ? 1 : share < 3.5 ? 2 : share < 7.5 ? 5 : 10);
    std::vector<double> ticks;
    const auto last = static_cast<std::int64_t>(std::floor(high / step + 1e-9));
    for (auto i = static_cast<std::int64_t>(std::ceil(low / step - 1e-9)); i <= last; ++i) {
        ticks.push_back(static_cast<double>(i) * step);
    }
    return ticks;
}

std::vector<std::string> tick_labels(const std::vector<double>& ticks) {
    double largest = 0;
    for (const double tick : ticks) largest = std::max(largest, std::abs(tick));
    const double unit = largest >= 1e9 ? 1e9 : largest >= 1e6 ? 1e6 : largest >= 1e4 ? 1e3 : 1;
    const char* const suffix = unit == 1e9   ? "\xC2\xA0G"
                               : unit == 1e6 ? "\xC2\xA0M"
                               : unit == 1e3 ? "\xC2\xA0k"
                                             : "";
    const double step = (ticks.size() > 1 ? ticks[1] - ticks[0] : largest) / unit;
    int decimals = 0;
    for (double scaled = step; decimals < 9 && std::abs(scaled - std::round(scaled)) > 1e-6;) {
        scaled = step * std::pow(10, ++decimals);
    }
    std::vector<std::string> labels;
    for (const double tick : ticks) {
        labels.push_back(tick == 0 ? "0" : shown(tick / unit, decimals) + suffix);
    }
    return labels;
}

Svg::Svg(double width, double height, std::string title, std::string description)
    : width_(width),
      height_(height),
      title_(std::move(title)),
      description_(std::move(description)) {}

void Svg::text(double x, double y, std::string_view text, std::string_view classes,
               std::string_view anchor) {
    body_ += fmt::format("<text x=\"{}\" y=\"{}\"", pixel(x), pixel(y));
    if (!classes.empty()) body_ += fmt::format(" class=\"{}\"", classes);
    if (anchor != "start") body_ += fmt::format(" text-anchor=\"{}\"", anchor);
    body_ += fmt::format(">{}</text>\n", escaped(text));
}

void Svg::line(double x1, double y1, double x2, double y2, std::string_view classes) {
    path(path_of({{x1, y1}, {x2, y2}}), classes);
}

void Svg::rect(double x, double y, double width, double height, std::string_view classes) {
    body_ +=
        fmt::format("<rect x=\"{:.2f}\" y=\"{}\" width=\"{:.2f}\" height=\"{}\" class=\"{}\"/>\n",
                    x, pixel(y), width, pixel(height), classes);
}

void Svg::circle(double x, double y, double radius, std::string_view classes) {
    body_ += fmt::format("<circle cx=\"{}\" cy=\"{}\" r=\"{}\" class=\"{}\"/>\n", pixel(x),
                         pixel(y), pixel(radius), classes);
}

void Svg::path(std::string_view data, std::string_view classes) {
    if (data.empty()) return;
    body_ += fmt::format("<path d=\"{}\" class=\"{}\"/>\n", data, classes);
}

std::string Svg::opening(std::string_view attributes) const {
    return fmt::format(
        "<svg {}viewBox=\"0 0 {} {}\" width=\"{}\" height=\"{}\" role=\"img\">\n<title>{}</title>"
        "\n<desc>{}</desc>\n",
        attributes, pixel(width_), pixel(height_), pixel(width_), pixel(height_), escaped(title_),
        escaped(description_));
}

std::string Svg::inline_text() const {
    return opening("") + body_ + "</svg>\n";
}

std::string Svg::document() const {
    return fmt::format(
        "{}<style>{}</style>\n<rect width=\"{}\" height=\"{}\" class=\"paper\"/>\n{}</svg>\n",
        opening("xmlns=\"http://www.w3.org/2000/svg\" "), kSvgStyle, pixel(width_), pixel(height_),
        body_);
}

std::string path_of(const std::vector<std::pair<double, double>>& points) {
    std::string data;
    bool pen = false;
    for (const auto& [x, y] : points) {
        if (!std::isfinite(x) || !std::isfinite(y)) {
            pen = false;
            continue;
        }
        data += fmt::format("{}{} {}", pen ? 'L' : 'M', pixel(x), pixel(y));
        pen = true;
    }
    return data;
}

}  // namespace dna_hnet::formats
