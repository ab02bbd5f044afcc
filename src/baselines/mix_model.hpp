#pragma once
// What `mix`, `copy` and `mix+copy` are made of: the frozen counts, and the state of one sequence
// that is read base by base.
#include <vector>

#include "baselines/copy_model.hpp"
#include "baselines/hashed_counts.hpp"
#include "baselines/mixer.hpp"
#include "baselines/order_counts.hpp"

namespace dna_hnet::baselines {

inline constexpr std::array<int, 3> kHashedOrders = {14, 16, 20};
inline constexpr int kMixOrders = kMaxOrder + 3;  // 1-12, 14, 16, 20
// How fast the weights move while a sequence is scored.
inline constexpr MixRates kScoreRates = {0.0005F, 0.001F};

// Frozen after fit(); shared by all threads.
struct FrozenCounts {
    OrderCounts orders;                // 0..12
    std::vector<HashedCounts> hashed;  // kHashedOrders; empty where no mix is wanted
};

// What an order says about the next letter: centred ln(count + smoothing), and the bucket of its
// confidence.
struct OrderPrediction {
    Letters letters{};
    std::uint8_t bucket = 0;
};
// Orders 1..8, whose few contexts are all seen, for every context; made once the counts are frozen.
using LowPredictions = std::array<std::vector<OrderPrediction>, 9>;
LowPredictions low_predictions(const OrderCounts& orders);

// Where every sequence starts: learned by fit(), reset to this at each sequence's start.
struct MixStart {
    MixStart();
    Mixer mix, mix_copy;
    CopyTable copy;
};

// Probability of the observed base under each model.
struct MixProbabilities {
    float mix = 1, copy = 1, mix_copy = 1;
};

class MixModel {
  public:
    MixModel(const FrozenCounts& counts, const LowPredictions& low, const genome::Base* bases,
             std::int64_t length, const MixStart& start);
    // Predicts base i, which is A C G T, then learns from it. `kmers` holds the bases before it.
    // Bases are read in order.
    MixProbabilities read(std::int64_t i, const KmerRoller& kmers, const MixRates& rates);
    // Base i is N.
    void skip(std::int64_t i) { copy_.read(i); }
    // What the sequence has taught, as the start of the next one.
    MixStart learned() const;

  private:
    void fill_orders(const KmerRoller& kmers);

    const FrozenCounts& counts_;
    const LowPredictions& low_;
    const genome::Base* bases_;
    Mixer mix_, mix_copy_;
    CopyModel copy_;
    MixInputs inputs_;
};

// The start of every sequence from windows that `counts` has not seen. Without windows: equal
// weights.
MixStart learn_start(const FrozenCounts& counts,
                     const std::vector<std::vector<genome::Base>>& windows);

// Asks for the cache lines of the counts that follow `kmers`.
void prefetch(const FrozenCounts& counts, const KmerRoller& kmers);

}  // namespace dna_hnet::baselines
