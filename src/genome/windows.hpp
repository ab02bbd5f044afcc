#pragma once
// The scoring grid of `--mode windows` (semantics.md section 2).
//
// Window k of a contig reads [k*step - warmup, (k+1)*step), cut at the contig's ends, and yields
// the values of [k*step, (k+1)*step); step = context - warmup, warmup = context / 4. The grid is
// anchored at the contig's start, for the reverse strand at its end. Example: context 8, warmup 2,
// step 6, contig of 10: window 0 reads [0,6) yields [0,6); window 1 reads [4,10) yields [6,10).
//
// A gap inside a window ends one sequence and starts the next with its own BOS.
#include <cstdint>
#include <vector>

#include "genome/interval.hpp"

namespace dna_hnet::genome {

struct WindowGrid {
    std::int64_t context = 0, warmup = 0, step = 0;
};
WindowGrid window_grid(std::int64_t context);  // usage error below 8

// A sequence that the model reads (BOS comes on top), and the part of it whose values count.
// Coordinates are forward-strand coordinates of the contig on either strand; on the reverse strand
// the bases are read from `read.end` down.
struct Sequence {
    Interval read;    // inside one segment
    Interval yields;  // inside `read`, not empty
    Strand strand = Strand::forward;
    std::int64_t window = 0;  // k
    bool operator==(const Sequence&) const = default;
};

// The sequences whose yield touches `region`, in reading order, each once and whole (the caller
// cuts yields to the region). `segments` are those of region.contig, in order; `contig_length` is
// its length. bad_input when the region is not inside the contig.
std::vector<Sequence> window_sequences(const WindowGrid& grid, const Interval& region,
                                       std::int64_t contig_length,
                                       const std::vector<Interval>& segments, Strand strand);

}  // namespace dna_hnet::genome
