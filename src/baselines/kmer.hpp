#pragma once
// The last 32 bases of a run of A C G T, packed two bits a base, read from both strands. The newest
// base is in the lowest bits, so a k-mer as a number is its letters in reading order: AAC = 1. A
// run ends at an N.
//
//   KmerRoller kmers;
//   kmers.push(genome::kC);  kmers.push(genome::kA);
//   kmers.last(2);                 // CA = 4
//   kmers.reverse_complement(2);   // TG = 14
#include <cstdint>

#include "genome/alphabet.hpp"

namespace dna_hnet::baselines {

inline constexpr int kMaxOrder = 12;  // highest order that is counted exactly, and the highest row
inline constexpr int kLongestOrder = 20;  // highest order of `mix`

class KmerRoller {
  public:
    // `base` may be N, which ends the run.
    void push(genome::Base base) {
        const std::uint64_t code = genome::base_code(base);
        if (code > 3) {
            run_ = 0;
            return;
        }
        forward_ = forward_ << 2 | code;
        reverse_ = reverse_ >> 2 | (3 - code) << 62;
        ++run_;
    }
    // Bases of the run so far, the newest included.
    std::int64_t run() const { return run_; }
    // The last `length` bases, 1..31. Meaningful where run() >= length.
    std::uint64_t last(int length) const {
        return forward_ & ((std::uint64_t{1} << 2 * length) - 1);
    }
    std::uint64_t reverse_complement(int length) const { return reverse_ >> (64 - 2 * length); }

  private:
    std::uint64_t forward_ = 0, reverse_ = 0;
    std::int64_t run_ = 0;
};

}  // namespace dna_hnet::baselines
