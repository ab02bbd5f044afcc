#pragma once
// One contig as it is read on one strand: its scored pieces laid end to end in reading direction,
// with the boundaries, the control's and the 6-mer rate of every base.
#include <array>
#include <cstdint>
#include <vector>

#include "annotation/summed_track.hpp"
#include "genome/reference.hpp"

namespace dna_hnet::annotation {

// The first bases of a segment in reading direction, which take no part.
inline constexpr std::int64_t kSegmentStart = 1024;

using BaseMarks = std::vector<bool>;  // of every base of a contig; empty: none is marked

// The universe inside the segments without each segment's first kSegmentStart bases in reading
// direction; all of one contig.
std::vector<genome::Interval> scored_pieces(const std::vector<genome::Interval>& universe,
                                            const std::vector<genome::Interval>& segments,
                                            genome::Strand strand);

struct ContigSignal {
    genome::Strand strand = genome::Strand::forward;
    std::vector<genome::Interval> pieces;  // ascending coordinates
    std::vector<std::int64_t> offsets;     // of each piece in the arrays
    // Per base: of a piece, ascending in reading direction.
    SummedTrack<std::uint8_t, std::int64_t> boundary, control;
    SummedTrack<float, double> rate;

    // The piece that holds the base, or -1.
    std::int64_t piece_of(std::int64_t base) const;
    // Place of the base in its piece, in reading direction.
    std::int64_t place_in(std::int64_t piece, std::int64_t base) const;
};

// `bases`: the whole contig; `boundaries`, `control`: those outside the pieces are left out. The
// rate of a base is the share of boundaries among the contig's scored bases whose 6-mer (in reading
// direction, ending at the base) is the same. Bases without a whole 6-mer of A, C, G, T are one
// class of their own.
ContigSignal contig_signal(genome::Strand strand, std::vector<genome::Interval> pieces,
                           const std::vector<genome::Base>& bases, const BaseMarks& boundaries,
                           const BaseMarks& control);

}  // namespace dna_hnet::annotation
