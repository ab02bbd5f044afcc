#pragma once
// The training intervals cut into blocks, so that the start of the mixing weights can be learned on
// bases that the counts have not seen.
//
// A block is 65,536 bases (1/64 of the training bases where that is less, at least 1,024); the last
// block of an interval may be shorter. Blocks are numbered through all intervals; of each 16,
// number 8 is held out of the first counting pass and counted in the second.
#include <cstdint>
#include <vector>

#include "genome/interval.hpp"

namespace dna_hnet::baselines {

struct TrainingBlock {
    genome::Interval bases;
    std::int64_t lead = 0;  // bases of the same interval before `bases` that give its first k-mers
                            // their left parts, at most 20
    bool ends = false;      // the last block of its interval
    bool held_out = false;
};

// `train` is merged.
std::vector<TrainingBlock> training_blocks(const std::vector<genome::Interval>& train);

inline constexpr std::int64_t kSampleWindow = 1024;
// Windows of kSampleWindow bases inside the held-out blocks, at most `limit`, evenly spaced among
// all there are; in an order that spreads neighbours apart.
std::vector<genome::Interval> sample_windows(const std::vector<TrainingBlock>& blocks,
                                             std::int64_t limit);

}  // namespace dna_hnet::baselines
