#pragma once
// Bits per base by split, class, strand and model, with intervals (semantics.md section 3). One
// implementation for training and scoring.
//
// Sums are integers (bits in units of 2^-24) per 100-kb block, so that neither order nor scattering
// can change a digit.
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "genome/interval.hpp"

namespace dna_hnet::evaluate {

inline constexpr std::int64_t kBlockBases = 100000;
inline constexpr double kBitsUnit = 1.0 / (1 << 24);
std::int64_t bits_to_units(float bits);

// Sums of one (split, class, strand) cell in one block of one contig: one entry per model, in the
// order of the table's models.
struct BlockSums {
    std::int64_t scored = 0, skipped = 0;
    std::vector<std::int64_t> units;
    void add(const BlockSums& other);  // sums of as many models, or of none
};

struct ScoreRow {
    std::string split, klass, strand, model;
    std::int64_t scored_bases = 0, skipped_bases = 0;
    double bits_per_base = 0;        // NaN without scored bases
    double ci_low = 0, ci_high = 0;  // 95 %, jackknife over blocks; NaN below 2 blocks
    double delta = 0, delta_ci_low = 0,
           delta_ci_high = 0;  // this row - dna-hnet, paired; 0 and NaN for dna-hnet itself
};

class ScoreTable {
  public:
    // models[0] is "dna-hnet" where there is a model; without one the deltas are NaN. `classes`
    // fixes the order of the classes; one that is not named there comes after them, as it appears.
    explicit ScoreTable(std::vector<std::string> models, std::vector<std::string> classes = {});
    // Key order of the output: split all, train, valid, test, none; class all first, then as given;
    // strand as asked. Sums without bases make a row (of NaN) without making a block of the
    // jackknife.
    void add(const std::string& split, const std::string& klass, const std::string& strand,
             std::int64_t contig, std::int64_t block, const BlockSums& sums);
    std::vector<ScoreRow> rows() const;
    // Every sum, in the order of the rows, then contig and block.
    using Visit = std::function<void(const std::string& split, const std::string& klass,
                                     const std::string& strand, std::int64_t contig,
                                     std::int64_t block, const BlockSums& sums)>;
    void for_each_block(const Visit& visit) const;
    const std::vector<std::string>& models() const { return models_; }

  private:
    struct Key {
        int split_rank;
        std::string split;
        std::int64_t class_rank;
        std::string klass, strand;
        auto operator<=>(const Key&) const = default;
    };
    std::vector<std::string> models_;
    std::vector<std::string> classes_;
    std::map<Key, std::map<std::pair<std::int64_t, std::int64_t>, BlockSums>> cells_;
};

}  // namespace dna_hnet::evaluate
