#include <fmt/format.h>

#include "formats/text.hpp"
#include "report/locus_panel.hpp"

namespace dna_hnet::report {
namespace {

using formats::Svg;

constexpr std::int64_t kOneByOne = 400;  // bases that fit beside each other as letters
constexpr std::int64_t kZoom = 150;

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
