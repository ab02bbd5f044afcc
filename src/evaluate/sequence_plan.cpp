#include "evaluate/sequence_plan.hpp"

#include <algorithm>

namespace dna_hnet::evaluate {
namespace {

using genome::Interval;
using genome::Strand;

// The intervals of `sorted` on one contig.
std::vector<Interval> on_contig(const std::vector<Interval>& sorted, std::int64_t contig) {
    const auto first = std::lower_bound(
        sorted.begin(), sorted.end(), contig,
        [](const Interval& interval, std::int64_t number) { return interval.contig < number; });
    auto last = first;
    while (last != sorted.end() && last->contig == contig) ++last;
    return {first, last};
}

void add_windows(const genome::WindowGrid& grid, std::int64_t contig_length,
                 const std::vector<Interval>& segments, const std::vector<Interval>& regions,
                 Strand strand, std::vector<PlannedSequence>& plan) {
    std::vector<genome::Sequence> sequences;
    for (const Interval& region : regions) {
        const auto found = genome::window_sequences(grid, region, contig_length, segments, strand);
        sequences.insert(sequences.end(), found.begin(), found.end());
    }
    // Two regions may touch one window: it is read once.
    std::sort(sequences.begin(), sequences.end(),
              [](const auto& a, const auto& b) { return a.yields < b.yields; });
    sequences.erase(std::unique(sequences.begin(), sequences.end()), sequences.end());
    auto region = regions.begin();
    for (const genome::Sequence& sequence : sequences) {
        while (region != regions.end() && region->end <= sequence.yields.begin) ++region;
        PlannedSequence planned{sequence.read, strand, sequence.window, {}};
        for (auto next = region; next != regions.end() && next->begin < sequence.yields.end;
             ++next) {
            planned.pieces.push_back({sequence.yields.contig,
                                      std::max(next->begin, sequence.yields.begin),
                                      std::min(next->end, sequence.yields.end)});
        }
        plan.push_back(std::move(planned));
    }
}

// Cut at the edges of the cells, which are anchored at the segment's first base in reading order.
void add_cut(const Interval& segment, Interval piece, Strand strand,
             std::vector<Interval>& pieces) {
    const std::int64_t anchor =
        strand == Strand::forward ? segment.begin % kCellBases : segment.end % kCellBases;
    while (piece.begin < piece.end) {
        const std::int64_t past = (piece.begin - anchor + kCellBases) % kCellBases;
        const std::int64_t end = std::min(piece.end, piece.begin + kCellBases - past);
        pieces.push_back({piece.contig, piece.begin, end});
        piece.begin = end;
    }
}

void add_segments(const std::vector<Interval>& segments, const std::vector<Interval>& regions,
                  Strand strand, std::vector<PlannedSequence>& plan) {
    for (const Interval& segment : segments) {
        PlannedSequence planned{segment, strand, 0, {}};
        for (const Interval& wanted : genome::intersection({segment}, regions)) {
            add_cut(segment, wanted, strand, planned.pieces);
        }
        if (planned.pieces.empty()) continue;
        // Whole cells, so that a cell's arithmetic does not depend on where the regions end.
        const auto cells_end = [](std::int64_t bases) {
            return (bases + kCellBases - 1) / kCellBases * kCellBases;
        };
        if (strand == Strand::forward) {
            const std::int64_t needed = planned.pieces.back().end - segment.begin;
            planned.read.end = std::min(segment.end, segment.begin + cells_end(needed));
        } else {
            const std::int64_t needed = segment.end - planned.pieces.front().begin;
            planned.read.begin = std::max(segment.begin, segment.end - cells_end(needed));
        }
        plan.push_back(std::move(planned));
    }
}

}  // namespace

std::vector<PlannedSequence> plan_sequences(Mode mode, std::int64_t context,
                                            const std::vector<genome::Contig>& contigs,
                                            const std::vector<Interval>& segments,
                                            const std::vector<Interval>& regions, Strand strand) {
    const genome::WindowGrid grid =
        mode == Mode::windows ? genome::window_grid(context) : genome::WindowGrid{};
    std::vector<PlannedSequence> plan;
    for (std::size_t contig = 0; contig < contigs.size(); ++contig) {
        const auto number = static_cast<std::int64_t>(contig);
        const std::vector<Interval> asked = on_contig(regions, number);
        if (asked.empty()) continue;
        const std::vector<Interval> own = on_contig(segments, number);
        if (mode == Mode::windows) {
            add_windows(grid, contigs[contig].length, own, asked, strand, plan);
        } else {
            add_segments(own, asked, strand, plan);
        }
    }
    return plan;
}

}  // namespace dna_hnet::evaluate
