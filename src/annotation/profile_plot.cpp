#include "annotation/profile_plot.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "formats/text.hpp"

namespace dna_hnet::annotation {
namespace {

using formats::escaped;

constexpr double kWidth = 420, kHeight = 210, kLeft = 52, kRight = 12, kTop = 30, kBottom = 34;

// Okabe and Ito's palette.
const char* colour(const std::string& label) {
    return label == "observed" ? "#0072b2" : label == "kmer6" ? "#d55e00" : "#009e73";
}

std::string path_of(const std::vector<double>& values, double top) {
    const double width = kWidth - kLeft - kRight, height = kHeight - kTop - kBottom;
    std::string path;
    bool pen = false;
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (std::isnan(values[i])) {
            pen = false;
            continue;
        }
        path += fmt::format(
            "{}{:.1f} {:.1f}", pen ? 'L' : 'M',
            kLeft + width * static_cast<double>(i) / static_cast<double>(values.size() - 1),
            kTop + height * (1 - values[i] / top));
        pen = true;
    }
    return path;
}

std::string panel_svg(const ProfilePanel& panel, std::int64_t reach) {
    double top = 0;
    for (const ProfileLine& line : panel.lines) {
        for (const double value : line.values) {
            if (!std::isnan(value)) top = std::max(top, value);
        }
    }
    top = top > 0 ? top * 1.1 : 1;
    const double bottom = kHeight - kBottom, middle = (kLeft + kWidth - kRight) / 2;
    std::string svg = fmt::format("<text x=\"{}\" y=\"14\" font-weight=\"bold\">{}</text>\n", kLeft,
                                  escaped(panel.title));
    svg += fmt::format(
        "<path d=\"M{0} {1}V{2}H{3}\" fill=\"none\" stroke=\"#444\"/>\n"
        "<path d=\"M{4} {1}V{2}\" stroke=\"#bbb\" stroke-dasharray=\"3 3\"/>\n",
        kLeft, kTop, bottom, kWidth - kRight, middle);
    const auto tick = [&](double x, double y, const std::string& anchor, const std::string& text) {
        svg += fmt::format("<text x=\"{}\" y=\"{}\" text-anchor=\"{}\">{}</text>\n", x, y, anchor,
                           text);
    };
    tick(kLeft - 4, kTop + 8, "end", fmt::format("{:.3f}", top));
    tick(kLeft - 4, bottom, "end", "0");
    tick(kLeft, bottom + 13, "middle", fmt::format("-{}", reach));
    tick(middle, bottom + 13, "middle", "0");
    tick(kWidth - kRight, bottom + 13, "end", fmt::format("+{}", reach));
    tick(middle, bottom + 27, "middle", "offset in reading direction; boundaries per base");
    double legend = kLeft + 4;
    for (const ProfileLine& line : panel.lines) {
        svg += fmt::format("<path d=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"1.4\"/>\n",
                           path_of(line.values, top), colour(line.label));
        svg += fmt::format("<text x=\"{}\" y=\"26\" fill=\"{}\">{}</text>\n", legend,
                           colour(line.label), escaped(line.label));
        legend += 70;
    }
    return svg;
}

}  // namespace

std::string profile_svg(const std::vector<ProfilePanel>& panels, std::int64_t reach) {
    const std::size_t rows = std::max<std::size_t>(1, (panels.size() + 1) / 2);
    std::string svg = fmt::format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" viewBox=\"0 0 {0}"
        " {1}\" font-family=\"sans-serif\" font-size=\"11\">\n"
        "<rect width=\"{0}\" height=\"{1}\" fill=\"#fff\"/>\n",
        2 * kWidth, kHeight * static_cast<double>(rows));
    for (std::size_t i = 0; i < panels.size(); ++i) {
        svg += fmt::format("<g transform=\"translate({} {})\">\n{}</g>\n",
                           static_cast<double>(i % 2) * kWidth,
                           static_cast<double>(i / 2) * kHeight, panel_svg(panels[i], reach));
    }
    return svg + "</svg>\n";
}

}  // namespace dna_hnet::annotation
