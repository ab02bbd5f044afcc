#pragma once
// Tests and corrections that the tables of `annotate` share (semantics.md section 6).
#include <cstdint>
#include <functional>
#include <vector>

namespace dna_hnet::annotation {

struct NullTest {
    double z, p;  // NaN without draws; z also where the draws do not vary
};

// The observed statistic among n draws of its null. p = (r + 1) / (n + 1), r the draws at least as
// far from the centre as the observed value; the centre is the mean of draws and observed value
// together, so that all n + 1 play the same part. z uses mean and deviation of the draws alone.
NullTest two_sided_test(double observed, const std::vector<double>& draws);

// log2((observed + 0.5) / (expected + 0.5)): finite where either is 0.
double log2_fold(double observed, double expected);

// q of Benjamini and Hochberg (1995); NaN stays NaN and does not count.
std::vector<double> benjamini_hochberg(const std::vector<double>& p);

// Resampled blocks: how often each block is drawn in each of kReplicates draws with replacement.
class BlockBootstrap {
  public:
    static constexpr std::int64_t kReplicates = 1000;
    static constexpr std::int64_t kFewestBlocks = 5;
    BlockBootstrap(std::int64_t blocks, std::uint64_t seed);
    struct Range {
        double low, high;  // 2.5 % and 97.5 %
    };
    // Of a statistic of sums over blocks: counts[quantity][block]. NaN where fewer than
    // kFewestBlocks hold a count of any quantity: the others say nothing of how blocks differ.
    // Replicates without a count, or of which the statistic is NaN, are left out.
    Range range(const std::vector<const std::vector<double>*>& counts,
                const std::function<double(const std::vector<double>&)>& statistic) const;
    // Of the log2 fold; one observed and expected count per block.
    Range log2_fold_range(const std::vector<double>& observed,
                          const std::vector<double>& expected) const;

  private:
    std::int64_t blocks_;
    std::vector<std::uint16_t> times_;  // [replicate][block]
};

}  // namespace dna_hnet::annotation
