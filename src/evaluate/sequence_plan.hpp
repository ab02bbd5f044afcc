#pragma once
// Which sequences a run reads, and which of their bases it hands on (semantics.md section 2). The
// model and the baselines follow one plan, so that both see the same sequences. Torch-free.
//
//   auto plan = plan_sequences(Mode::carry, 0, contigs, segments, {{0, 5000, 6000}}, strand);
//   // one sequence: read from its segment's start to the end of the cell that holds base 5999
#include <cstdint>
#include <vector>

#include "genome/windows.hpp"

namespace dna_hnet::evaluate {

// Bases per cell of the execution grid, anchored where reading starts (semantics.md section 1).
inline constexpr std::int64_t kCellBases = 4096;

enum class Mode { windows, carry };

struct PlannedSequence {
    genome::Interval read;
    genome::Strand strand = genome::Strand::forward;
    std::int64_t window = 0;               // k of the window grid; 0 in carry mode
    std::vector<genome::Interval> pieces;  // inside `read`, disjoint, ascending; never empty
};

// The sequences that hold the bases of `regions` (merged), in ascending coordinates. `segments` are
// those of every contig that a region touches, sorted. In carry mode a piece lies within one cell
// and reading goes on to the end of the last piece's cell. Bases of `regions` outside the segments
// are in no piece. `context` is used in windows mode only. usage error: a context below 8.
std::vector<PlannedSequence> plan_sequences(Mode mode, std::int64_t context,
                                            const std::vector<genome::Contig>& contigs,
                                            const std::vector<genome::Interval>& segments,
                                            const std::vector<genome::Interval>& regions,
                                            genome::Strand strand);

}  // namespace dna_hnet::evaluate
