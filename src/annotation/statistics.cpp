#include "annotation/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/random.hpp"
#include "core/signals.hpp"

namespace dna_hnet::annotation {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr std::uint64_t kBootstrapStream = 0xB007;

}  // namespace

NullTest two_sided_test(double observed, const std::vector<double>& draws) {
    if (draws.empty()) return {kNaN, kNaN};
    const auto n = static_cast<double>(draws.size());
    const double sum = std::accumulate(draws.begin(), draws.end(), 0.0);
    const double mean = sum / n, centre = (sum + observed) / (n + 1);
    double squares = 0;
    for (const double draw : draws) squares += (draw - mean) * (draw - mean);
    const double deviation = n > 1 ? std::sqrt(squares / (n - 1)) : 0;
    // Sums of rounded numbers that are equal in truth count as equal.
    const double distance = std::abs(observed - centre) - 1e-9 * (1 + std::abs(observed));
    const auto far = std::count_if(draws.begin(), draws.end(), [&](double draw) {
        return std::abs(draw - centre) >= distance;
    });
    return {deviation > 1e-9 ? (observed - mean) / deviation : kNaN,
            (static_cast<double>(far) + 1) / (n + 1)};
}

double log2_fold(double observed, double expected) {
    return std::log2((observed + 0.5) / (expected + 0.5));
}

std::vector<double> benjamini_hochberg(const std::vector<double>& p) {
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < p.size(); ++i) {
        if (!std::isnan(p[i])) order.push_back(i);
    }
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return p[a] < p[b]; });
    std::vector<double> q(p.size(), kNaN);
    double smallest = 1;
    for (std::size_t rank = order.size(); rank > 0; --rank) {
        const std::size_t i = order[rank - 1];
        const double ratio = static_cast<double>(order.size()) / static_cast<double>(rank);
        smallest = std::min(smallest, p[i] * ratio);
        q[i] = smallest;
    }
    return q;
}

BlockBootstrap::BlockBootstrap(std::int64_t blocks, std::uint64_t seed)
    : blocks_(blocks), times_(static_cast<std::size_t>(blocks * kReplicates)) {
    Random random(seed, kBootstrapStream);
    for (std::int64_t replicate = 0; replicate < kReplicates; ++replicate) {
        for (std::int64_t draw = 0; draw < blocks; ++draw) {
            const auto block =
                static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(blocks)));
            ++times_[static_cast<std::size_t>(replicate * blocks + block)];
        }
    }
}

BlockBootstrap::Range BlockBootstrap::range(
    const std::vector<const std::vector<double>*>& counts,
    const std::function<double(const std::vector<double>&)>& statistic) const {
    const auto blocks = static_cast<std::size_t>(blocks_);
    std::int64_t held = 0;
    for (std::size_t block = 0; block < blocks; ++block) {
        held += std::any_of(counts.begin(), counts.end(),
                            [&](const auto* count) { return (*count)[block] > 0; });
    }
    if (held < kFewestBlocks) return {kNaN, kNaN};
    std::vector<double> values;
    std::vector<double> sums(counts.size());
    for (std::size_t replicate = 0; replicate < kReplicates; ++replicate) {
        throw_if_stopped();
        const std::uint16_t* times = times_.data() + replicate * blocks;
        for (std::size_t i = 0; i < counts.size(); ++i) {
            const double* count = counts[i]->data();
            double total = 0;
            for (std::size_t block = 0; block < blocks; ++block) {
                total += times[block] * count[block];
            }
            sums[i] = total;
        }
        const bool empty = std::all_of(sums.begin(), sums.end(), [](double n) { return n == 0; });
        const double value = empty ? kNaN : statistic(sums);
        if (!std::isnan(value)) values.push_back(value);
    }
    if (values.empty()) return {kNaN, kNaN};
    std::sort(values.begin(), values.end());
    const auto quantile = [&](double share) {
        const auto last = static_cast<double>(values.size() - 1);
        return values[static_cast<std::size_t>(std::lround(share * last))];
    };
    return {quantile(0.025), quantile(0.975)};
}

BlockBootstrap::Range BlockBootstrap::log2_fold_range(const std::vector<double>& observed,
                                                      const std::vector<double>& expected) const {
    return range({&observed, &expected},
                 [](const std::vector<double>& sums) { return log2_fold(sums[0], sums[1]); });
}

}  // namespace dna_hnet::annotation
