#include "annotation/row_groups.hpp"

#include <algorithm>

#include "annotation/annotate.hpp"
#include "core/signals.hpp"

namespace dna_hnet::annotation {
namespace {

using genome::Interval;
using genome::Strand;

std::string orientation_of(char feature, Strand strand) {
    if (feature == '.') return ".";
    return (feature == '+') == (strand == Strand::forward) ? "sense" : "antisense";
}

// One anchor's offsets -kReach..kReach inside its piece; false when the anchor is not scored.
bool add_anchor(Tally& tally, const ContigSignal& signal, std::int64_t base,
                const std::int64_t* block, const Shifts& shifts) {
    const std::int64_t piece = signal.piece_of(base);
    if (piece < 0) return false;
    const auto p = static_cast<std::size_t>(piece);
    const std::int64_t at = signal.place_in(piece, base);
    const std::int64_t begin = std::max<std::int64_t>(0, at - kReach);
    const std::int64_t end = std::min(signal.pieces[p].length(), at + kReach + 1);
    tally.add_each(signal, piece, begin, end - begin, begin - (at - kReach),
                   block[base / kBlockLength], shifts[p]);
    return true;
}

// A run of bases of one piece, cut at the edges of blocks.
void add_body(Tally& tally, const ContigSignal& signal, const Interval& run,
              const std::int64_t* block, const Shifts& shifts) {
    const std::int64_t piece = signal.piece_of(run.begin);
    for (std::int64_t begin = run.begin; begin < run.end;) {
        const std::int64_t number = begin / kBlockLength;
        const std::int64_t end = std::min(run.end, (number + 1) * kBlockLength);
        const std::int64_t first = signal.strand == Strand::forward ? begin : end - 1;
        tally.add_sum(signal, piece, signal.place_in(piece, first), end - begin, block[number],
                      shifts[static_cast<std::size_t>(piece)]);
        begin = end;
    }
}

}  // namespace

void RowGroup::open(std::int64_t rotations, std::int64_t blocks) {
    body.emplace(1, rotations, blocks);
    start.emplace(2 * kReach + 1, rotations, blocks);
    end.emplace(2 * kReach + 1, rotations, blocks);
}

void RowGroup::add(const ContigSignal& signal, std::int64_t contig, const std::int64_t* block,
                   const Shifts& shifts) {
    std::vector<Interval> places;
    for (const Feature& feature : features) {
        const Interval& place = feature.place;
        if (place.contig != contig || place.length() == 0) continue;
        throw_if_stopped();
        places.push_back(place);
        const auto piece =
            std::partition_point(signal.pieces.begin(), signal.pieces.end(),
                                 [&](const Interval& p) { return p.end <= place.begin; });
        if (piece != signal.pieces.end() && piece->begin < place.end) ++kept;
        const bool forward =
            feature.strand == '+' || (feature.strand == '.' && signal.strand == Strand::forward);
        const std::int64_t first = forward ? place.begin : place.end - 1;
        const std::int64_t last = forward ? place.end - 1 : place.begin;
        starts += add_anchor(*start, signal, first, block, shifts) ? 1 : 0;
        ends += add_anchor(*end, signal, last, block, shifts) ? 1 : 0;
    }
    const auto merged = genome::merged(std::move(places));
    for (const Interval& run : genome::intersection(merged, signal.pieces)) {
        throw_if_stopped();
        add_body(*body, signal, run, block, shifts);
    }
}

void PhaseGroup::add(const ContigSignal& signal, std::int64_t contig) {
    const auto found = exons_of(signal, coding, contig, strand);
    exons.insert(exons.end(), found.begin(), found.end());
}

std::vector<RowGroup> row_groups(const std::vector<FeatureSet>& sets, Strand strand) {
    std::vector<RowGroup> groups;
    for (const FeatureSet& set : sets) {
        for (const char* orientation : {"sense", "antisense", "."}) {
            RowGroup group;
            group.name = set.name;
            group.orientation = orientation;
            for (const Feature& feature : set.features) {
                if (orientation_of(feature.strand, strand) == orientation) {
                    group.features.push_back(feature);
                }
            }
            if (!group.features.empty()) groups.push_back(std::move(group));
        }
    }
    return groups;
}

std::vector<PhaseGroup> phase_groups(const std::vector<FeatureSet>& sets, Strand strand) {
    std::vector<PhaseGroup> groups;
    for (const FeatureSet& set : sets) {
        if (set.coding.empty()) continue;
        const char own = strand == Strand::forward ? '+' : '-';
        groups.push_back({set.name, "sense", own, set.coding, {}});
        groups.push_back({set.name, "antisense", own == '+' ? '-' : '+', set.coding, {}});
    }
    return groups;
}

std::int64_t number_blocks(const genome::Reference& reference,
                           const std::vector<Interval>& universe,
                           std::vector<std::int64_t>& numbers) {
    std::vector<std::int64_t> first;
    std::int64_t all = 0, used = 0;
    for (const auto& contig : reference.contigs()) {
        first.push_back(all);
        all += (contig.length + kBlockLength - 1) / kBlockLength;
    }
    for (const Interval& place : universe) {
        if (place.length() == 0) continue;
        const std::int64_t offset = first[static_cast<std::size_t>(place.contig)];
        for (std::int64_t b = place.begin / kBlockLength; b <= (place.end - 1) / kBlockLength;
             ++b) {
            auto& number = numbers[static_cast<std::size_t>(offset + b)];
            if (number < 0) number = used++;
        }
    }
    return used;
}

}  // namespace dna_hnet::annotation
