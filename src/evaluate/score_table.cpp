#include "evaluate/score_table.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace dna_hnet::evaluate {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kNormal95 = 1.959963984540054;  // two-sided 95 % point of the normal distribution
constexpr std::array kSplitOrder = {"all", "train", "valid", "test", "none"};

struct Block {
    std::int64_t scored = 0, units = 0;
};

struct Estimate {
    double value = kNaN, low = kNaN, high = kNaN;
};

// Sum of units over sum of bases, with the delete-one-block jackknife of that ratio:
// variance = (n - 1) / n * sum_b (theta_b - mean theta)^2.
Estimate estimate(const std::vector<Block>& blocks) {
    std::int64_t units = 0, scored = 0;
    for (const Block& block : blocks) {
        units += block.units;
        scored += block.scored;
    }
    Estimate result;
    if (scored == 0) return result;
    result.value = kBitsUnit * static_cast<double>(units) / static_cast<double>(scored);
    if (blocks.size() < 2) return result;
    std::vector<double> without;
    for (const Block& block : blocks) {
        without.push_back(kBitsUnit * static_cast<double>(units - block.units) /
                          static_cast<double>(scored - block.scored));
    }
    // Sorted, so that the order in which contigs came cannot change a digit.
    std::sort(without.begin(), without.end());
    const auto n = static_cast<double>(without.size());
    double mean = 0, squares = 0;
    for (const double theta : without) mean += theta / n;
    for (const double theta : without) squares += (theta - mean) * (theta - mean);
    const double error = std::sqrt((n - 1) / n * squares);
    result.low = result.value - kNormal95 * error;
    result.high = result.value + kNormal95 * error;
    return result;
}

}  // namespace

std::int64_t bits_to_units(float bits) {
    return std::llround(static_cast<double>(bits) / kBitsUnit);
}

void BlockSums::add(const BlockSums& other) {
    scored += other.scored;
    skipped += other.skipped;
    if (units.size() < other.units.size()) units.resize(other.units.size(), 0);
    for (std::size_t i = 0; i < other.units.size(); ++i) units[i] += other.units[i];
}

ScoreTable::ScoreTable(std::vector<std::string> models, std::vector<std::string> classes)
    : models_(std::move(models)), classes_(std::move(classes)) {}

void ScoreTable::add(const std::string& split, const std::string& klass, const std::string& strand,
                     std::int64_t contig, std::int64_t block, const BlockSums& sums) {
    const auto rank = std::find(kSplitOrder.begin(), kSplitOrder.end(), split);
    auto place = std::find(classes_.begin(), classes_.end(), klass);
    if (place == classes_.end()) place = classes_.insert(classes_.end(), klass);
    const Key key{static_cast<int>(rank - kSplitOrder.begin()), split,
                  klass == "all" ? -1 : place - classes_.begin(), klass, strand};
    BlockSums& cell = cells_[key][{contig, block}];
    cell.units.resize(models_.size(), 0);
    cell.add(sums);
}

std::vector<ScoreRow> ScoreTable::rows() const {
    const bool has_model = !models_.empty() && models_[0] == "dna-hnet";
    std::vector<ScoreRow> rows;
    for (const auto& [key, blocks] : cells_) {
        for (std::size_t model = 0; model < models_.size(); ++model) {
            ScoreRow row{key.split, key.klass, key.strand, models_[model]};
            std::vector<Block> own, difference;
            for (const auto& [place, sums] : blocks) {
                row.scored_bases += sums.scored;
                row.skipped_bases += sums.skipped;
                if (sums.scored == 0) continue;
                own.push_back({sums.scored, sums.units[model]});
                difference.push_back({sums.scored, sums.units[model] - sums.units[0]});
            }
            const Estimate bits = estimate(own);
            row.bits_per_base = bits.value;
            row.ci_low = bits.low;
            row.ci_high = bits.high;
            Estimate delta;
            if (has_model && model == 0) {
                if (row.scored_bases > 0) delta.value = 0;
            } else if (has_model) {
                delta = estimate(difference);
            }
            row.delta = delta.value;
            row.delta_ci_low = delta.low;
            row.delta_ci_high = delta.high;
            rows.push_back(std::move(row));
        }
    }
    return rows;
}

void ScoreTable::for_each_block(const Visit& visit) const {
    for (const auto& [key, blocks] : cells_) {
        for (const auto& [place, sums] : blocks) {
            visit(key.split, key.klass, key.strand, place.first, place.second, sums);
        }
    }
}

}  // namespace dna_hnet::evaluate
