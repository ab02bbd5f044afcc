#include "baselines/training_blocks.hpp"

#include <algorithm>

#include "baselines/kmer.hpp"

namespace dna_hnet::baselines {

namespace {

constexpr std::int64_t kBlock = 65536, kSmallestBlocks = 64;
constexpr std::int64_t kOneIn = 16, kHeldOut = 8;
// Windows that follow each other in the sample lie this many windows apart.
constexpr std::size_t kSpread = 64;

}  // namespace

std::vector<TrainingBlock> training_blocks(const std::vector<genome::Interval>& train) {
    const std::int64_t length =
        std::clamp(genome::total_length(train) / kSmallestBlocks, kSampleWindow, kBlock);
    std::vector<TrainingBlock> blocks;
    std::int64_t number = 0;
    for (const genome::Interval& interval : train) {
        for (std::int64_t begin = interval.begin; begin < interval.end; begin += length) {
            const std::int64_t end = std::min(interval.end, begin + length);
            TrainingBlock block;
            block.bases = {interval.contig, begin, end};
            block.lead = std::min<std::int64_t>(kLongestOrder, begin - interval.begin);
            block.ends = end == interval.end;
            block.held_out = number++ % kOneIn == kHeldOut;
            blocks.push_back(block);
        }
    }
    return blocks;
}

std::vector<genome::Interval> sample_windows(const std::vector<TrainingBlock>& blocks,
                                             std::int64_t limit) {
    std::vector<genome::Interval> windows;
    for (const TrainingBlock& block : blocks) {
        if (!block.held_out) continue;
        for (std::int64_t begin = block.bases.begin; begin + kSampleWindow <= block.bases.end;
             begin += kSampleWindow) {
            windows.push_back({block.bases.contig, begin, begin + kSampleWindow});
        }
    }
    const auto all = static_cast<std::int64_t>(windows.size());
    const std::int64_t taken = std::min(all, limit);
    std::vector<genome::Interval> sample;
    for (std::size_t offset = 0; offset < kSpread; ++offset) {
        for (std::size_t i = offset; i < static_cast<std::size_t>(taken); i += kSpread) {
            sample.push_back(
                windows[i * static_cast<std::size_t>(all) / static_cast<std::size_t>(taken)]);
        }
    }
    return sample;
}

}  // namespace dna_hnet::baselines
