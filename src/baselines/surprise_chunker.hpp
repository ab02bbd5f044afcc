#pragma once
// A chunker without a network: a base whose bits under the order-5 counting model exceed a
// threshold begins a chunk. The control that learned boundaries are held against
// (semantics.md section 6, docs/baselines.md).
//
//   auto chunker = SurpriseChunker::fit(reference, splits.train, 0.333);
//   std::vector<std::uint8_t> begins(bases.size());
//   chunker.read(bases.data(), 0, bases.size(), begins.data());   // bases as read on either strand
//
// A decision depends on the base and the five before it. Where fewer precede in the run of A C G T,
// the lower order's counts are used, as in the rows order0 to order12. N begins no chunk.
#include <array>
#include <cstdint>
#include <vector>

#include "baselines/kmer.hpp"
#include "genome/reference.hpp"

namespace dna_hnet::baselines {

class SurpriseChunker {
  public:
    static constexpr int kOrder = 5;

    // Counts both strands of `train`; the threshold is the number of bits at which the share of
    // its bases A C G T, both strands, that exceed it is nearest to `rate` (the higher threshold
    // where two are equally near). Bases of equal bits are on one side together, so the share can
    // miss `rate` by half the share of one number of bits. usage error: a rate outside (0, 1), no
    // training bases. bad_input: no base A C G T in them, 2^32 of them or more, and what the
    // reference refuses.
    static SurpriseChunker fit(genome::Reference& reference,
                               const std::vector<genome::Interval>& train, double rate);

    // begins[i] = 1 where bases[lead + i] begins a chunk, else 0, for `length` bases in reading
    // order; the `lead` bases before them (kOrder, or all that the sequence has) are context alone.
    void read(const genome::Base* bases, std::int64_t lead, std::int64_t length,
              std::uint8_t* begins) const;

    float threshold() const { return threshold_; }           // bits
    double training_rate() const { return training_rate_; }  // share of the training bases

  private:
    float threshold_ = 0;
    double training_rate_ = 0;
    // By bases that precede, then by k-mer: whether the k-mer's last base begins a chunk.
    std::array<std::vector<std::uint8_t>, kOrder + 1> begins_;
};

}  // namespace dna_hnet::baselines
