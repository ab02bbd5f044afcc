#include "genome/windows.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/error.hpp"

namespace dna_hnet::genome {
namespace {

// The same interval seen from the contig's other end.
Interval mirrored(const Interval& interval, std::int64_t contig_length) {
    return {interval.contig, contig_length - interval.end, contig_length - interval.begin};
}

std::vector<Sequence> forward_sequences(const WindowGrid& grid, const Interval& region,
                                        std::int64_t contig_length,
                                        const std::vector<Interval>& segments) {
    std::vector<Sequence> sequences;
    if (region.length() == 0) return sequences;
    const std::int64_t last = (region.end - 1) / grid.step;
    for (std::int64_t k = region.begin / grid.step; k <= last; ++k) {
        const std::int64_t begin = k * grid.step, end = std::min(begin + grid.step, contig_length);
        const std::int64_t read_begin = std::max<std::int64_t>(0, begin - grid.warmup);
        // Segments that end in the warm-up or before it yield nothing here.
        auto segment =
            std::upper_bound(segments.begin(), segments.end(), begin,
                             [](std::int64_t at, const Interval& s) { return at < s.end; });
        for (; segment != segments.end() && segment->begin < end; ++segment) {
            Sequence sequence;
            sequence.window = k;
            sequence.read = {region.contig, std::max(read_begin, segment->begin),
                             std::min(end, segment->end)};
            sequence.yields = {region.contig, std::max(begin, segment->begin), sequence.read.end};
            // Of a window cut by gaps, the region may touch some pieces only.
            if (sequence.yields.end <= region.begin || sequence.yields.begin >= region.end)
                continue;
            sequences.push_back(sequence);
        }
    }
    return sequences;
}

}  // namespace

WindowGrid window_grid(std::int64_t context) {
    if (context < 8) {
        throw usage_error(fmt::format("--context: got {}, expected at least 8 bases", context));
    }
    const std::int64_t warmup = context / 4;
    return {context, warmup, context - warmup};
}

std::vector<Sequence> window_sequences(const WindowGrid& grid, const Interval& region,
                                       std::int64_t contig_length,
                                       const std::vector<Interval>& segments, Strand strand) {
    if (region.begin < 0 || region.end < region.begin || region.end > contig_length) {
        throw input_error(
            fmt::format("region [{}, {}) of contig number {}: expected 0 <= begin <= end <= {}",
                        region.begin, region.end, region.contig, contig_length));
    }
    if (strand == Strand::forward) return forward_sequences(grid, region, contig_length, segments);

    // The reverse strand is the forward rule on the reverse-complemented contig, told in forward
    // coordinates.
    std::vector<Interval> mirrored_segments;
    for (auto segment = segments.rbegin(); segment != segments.rend(); ++segment) {
        mirrored_segments.push_back(mirrored(*segment, contig_length));
    }
    std::vector<Sequence> sequences =
        forward_sequences(grid, mirrored(region, contig_length), contig_length, mirrored_segments);
    for (Sequence& sequence : sequences) {
        sequence.read = mirrored(sequence.read, contig_length);
        sequence.yields = mirrored(sequence.yields, contig_length);
        sequence.strand = Strand::reverse;
    }
    return sequences;
}

}  // namespace dna_hnet::genome
