#include "annotation/contig_signal.hpp"

#include <algorithm>

namespace dna_hnet::annotation {
namespace {

using genome::Interval;
using genome::Strand;

constexpr std::size_t kKmer = 6, kKmers = 4096;  // class kKmers: no whole 6-mer

std::vector<std::uint8_t> marked(const ContigSignal& signal, std::size_t scored,
                                 const BaseMarks& marks) {
    std::vector<std::uint8_t> values(scored);
    if (marks.empty()) return values;
    for (std::size_t piece = 0; piece < signal.pieces.size(); ++piece) {
        const Interval& place = signal.pieces[piece];
        for (std::int64_t base = place.begin; base < place.end; ++base) {
            const auto at =
                signal.offsets[piece] + signal.place_in(static_cast<std::int64_t>(piece), base);
            values[static_cast<std::size_t>(at)] = marks[static_cast<std::size_t>(base)] ? 1 : 0;
        }
    }
    return values;
}

// The class of every scored base.
std::vector<std::uint16_t> kmer_classes(const ContigSignal& signal, std::size_t scored,
                                        const std::vector<genome::Base>& bases) {
    std::vector<std::uint16_t> classes(scored);
    const bool forward = signal.strand == Strand::forward;
    const auto length = static_cast<std::int64_t>(bases.size());
    for (std::size_t piece = 0; piece < signal.pieces.size(); ++piece) {
        const Interval& place = signal.pieces[piece];
        std::size_t code = 0, known = 0;
        for (std::int64_t i = 1 - static_cast<std::int64_t>(kKmer); i < place.length(); ++i) {
            const std::int64_t at = forward ? place.begin + i : place.end - 1 - i;
            const auto read =
                at < 0 || at >= length ? genome::kN : bases[static_cast<std::size_t>(at)];
            known = genome::is_acgt(read) ? known + 1 : 0;
            const auto base = genome::base_code(forward ? read : genome::complement(read));
            code = (code * 4 + (base & 3U)) % kKmers;
            if (i < 0) continue;
            classes[static_cast<std::size_t>(signal.offsets[piece] + i)] =
                static_cast<std::uint16_t>(known >= kKmer ? code : kKmers);
        }
    }
    return classes;
}

}  // namespace

std::vector<Interval> scored_pieces(const std::vector<Interval>& universe,
                                    const std::vector<Interval>& segments, Strand strand) {
    std::vector<Interval> kept;
    for (Interval segment : segments) {
        if (segment.length() <= kSegmentStart) continue;
        if (strand == Strand::forward) {
            segment.begin += kSegmentStart;
        } else {
            segment.end -= kSegmentStart;
        }
        kept.push_back(segment);
    }
    return genome::intersection(genome::merged(universe), kept);
}

std::int64_t ContigSignal::piece_of(std::int64_t base) const {
    const auto found = std::partition_point(pieces.begin(), pieces.end(),
                                            [&](const Interval& p) { return p.end <= base; });
    return found == pieces.end() || base < found->begin ? -1 : found - pieces.begin();
}

std::int64_t ContigSignal::place_in(std::int64_t piece, std::int64_t base) const {
    const Interval& place = pieces[static_cast<std::size_t>(piece)];
    return strand == Strand::forward ? base - place.begin : place.end - 1 - base;
}

ContigSignal contig_signal(Strand strand, std::vector<Interval> pieces,
                           const std::vector<genome::Base>& bases, const BaseMarks& boundaries,
                           const BaseMarks& control) {
    ContigSignal signal;
    signal.strand = strand;
    signal.pieces = std::move(pieces);
    std::size_t scored = 0;
    for (const Interval& piece : signal.pieces) {
        signal.offsets.push_back(static_cast<std::int64_t>(scored));
        scored += static_cast<std::size_t>(piece.length());
    }
    signal.boundary = SummedTrack<std::uint8_t, std::int64_t>(marked(signal, scored, boundaries));
    signal.control = SummedTrack<std::uint8_t, std::int64_t>(marked(signal, scored, control));
    const auto classes = kmer_classes(signal, scored, bases);
    std::vector<std::int64_t> seen(kKmers + 1), cut(kKmers + 1);
    for (std::size_t i = 0; i < classes.size(); ++i) {
        ++seen[classes[i]];
        cut[classes[i]] += signal.boundary[i];
    }
    std::vector<float> rate(scored);
    for (std::size_t i = 0; i < scored; ++i) {
        rate[i] = static_cast<float>(static_cast<double>(cut[classes[i]]) /
                                     static_cast<double>(seen[classes[i]]));
    }
    signal.rate = SummedTrack<float, double>(std::move(rate));
    return signal;
}

}  // namespace dna_hnet::annotation
