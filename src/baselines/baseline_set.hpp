#pragma once
// Counting models that every perplexity is printed beside (semantics.md section 3;
// docs/baselines.md defines each exactly).
//
//   order0 ... order12  frozen counts from both strands of the training intervals, back-off where
//                       fewer than k bases precede; +1 smoothing up to order 8, +0.25 from 9 on
//
//   mix                 orders 1-12, 14, 16, 20 (hashed above 12), mixed geometrically, weights
//                       learned online inside the sequence
//
//   copy                longest recent match inside the sequence
//
//   mix+copy            both
//
// A sequence is what the model gets after one BOS; every online part is reset where the model is,
// at the sequence's start.
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "genome/reference.hpp"

namespace dna_hnet::baselines {

struct BaselineOptions {
    bool orders = true;  // order0..order12
    bool mix = true;     // mix, copy, mix+copy
    int threads = 1;
};

class BaselineSet {
  public:
    // Counts both strands of `train` (windows are not needed: counts run over whole intervals and
    // restart at N). The mixing weights' starting values are learned on a fixed sample of the
    // training intervals that is held out of a first counting pass. `threads` changes no value.
    // Memory: 0.36 GB for the orders, up to 0.8 GB more for the mix.
    // usage error: no training bases, fewer than 1 thread. bad_input: more than 2^32 - 1 training
    // bases (counts have 32 bits), and what the reference refuses.
    static BaselineSet fit(genome::Reference& reference, const std::vector<genome::Interval>& train,
                           const BaselineOptions& options);
    ~BaselineSet();
    BaselineSet(BaselineSet&&) noexcept;

    const std::vector<std::string>& names() const;  // rows of score(), in order
    // Bits (-log2 p of the observed base) of every base of one sequence in reading order, row by
    // row: bits[row * length + i]. `bases` are as read (reverse-complemented by the caller for the
    // reverse strand); N gets 0 and is not scored by anyone. Const and thread-safe. Usage error
    // above 2^32 - 2 bases.
    //
    //   std::vector<float> bits(set.names().size() * bases.size());
    //   set.score(bases.data(), bases.size(), bits.data());
    void score(const genome::Base* bases, std::int64_t length, float* bits) const;
    // The rows order0 to order12 alone, which cost a small part of the others. Fitted with orders.
    void score_orders(const genome::Base* bases, std::int64_t length, float* bits) const;

    // The same a block at a time, so that a long sequence needs no room for all rows: `sink` gets
    // bits[row * count + i] of base first + i, blocks following one another.
    using Block =
        std::function<void(std::int64_t first, std::int64_t count, const std::vector<float>& bits)>;
    void score_blocks(const genome::Base* bases, std::int64_t length, bool orders_only,
                      const Block& sink) const;

  private:
    struct Impl;
    explicit BaselineSet(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

// The order with the fewest bits: bits_of_orders[k] is order k's sum (or mean) over the validation
// split; the lower order where two are equal. Usage error when empty.
std::int64_t best_order(const std::vector<double>& bits_of_orders);

}  // namespace dna_hnet::baselines
