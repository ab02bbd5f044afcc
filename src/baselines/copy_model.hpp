#pragma once
// The model `copy`: follows the longest recent match of the last bases inside the sequence itself,
// on either strand, and predicts the base that came next there. docs/baselines.md defines it
// exactly.
//
//   CopyModel copy(bases, length, table);
//   for (i = 0; i < length; ++i) {
//       CopyPrediction p = copy.predict();   // of base i, from the bases before it
//       copy.read(i);                        // base i is known
//   }
#include <array>
#include <cstdint>
#include <vector>

#include "baselines/kmer.hpp"

namespace dna_hnet::baselines {

// What a match is worth: how often its prediction was right, by the bases matched since the last
// miss (0..31, 32 = more) and by the misses among its last 16 predictions (0..8). Learned in fit(),
// goes on learning inside a sequence.
class CopyTable {
  public:
    static constexpr int kBuckets = 33 * 9;
    CopyTable();
    float hit_probability(int bucket) const;
    void learn(int bucket, bool hit);
    // Keeps the shares of hits but not more than `observations` of each bucket, so that a sequence
    // can still change them.
    void forget_down_to(float observations);

  private:
    std::array<float, kBuckets> hits_{}, total_{};
};

struct CopyPrediction {
    int letter = -1;  // 0..3; -1 without a match
    int bucket = 0;   // of CopyTable
    int matched = 0;  // bases matched since the last miss, at most 32
    int misses = 0;
    float hit = 0;  // probability of `letter`; the other three share the rest
};

class CopyModel {
  public:
    CopyModel(const genome::Base* bases, std::int64_t length, const CopyTable& start);
    CopyPrediction predict() const;
    void read(std::int64_t i);
    const CopyTable& table() const { return table_; }

  private:
    // Where the last occurrence of a k-mer ended, by hash; 0 = none, else position + 1.
    struct Seeds {
        int letters;
        int bits;
        std::vector<std::uint32_t> last_end;
        std::uint32_t& slot(std::uint64_t kmer) {
            return last_end[kmer * 0x9E3779B97F4A7C15u >> (64 - bits)];
        }
    };
    struct Match {
        std::int64_t next = -1;  // the base that predicts; -1 = no match
        int step = 1;            // +1 same strand, -1 other strand
        int matched = 0;
        unsigned misses = 0;  // the last 16 predictions, newest in the lowest bit
    };
    void follow(std::int64_t i);
    void seek(std::int64_t i);
    Match candidate(std::int64_t i, std::int64_t end, int letters, bool other_strand) const;

    const genome::Base* bases_;
    CopyTable table_;
    KmerRoller kmers_;
    std::vector<Seeds> seeds_;
    Match match_;
};

}  // namespace dna_hnet::baselines
