#include "baselines/mix_model.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace dna_hnet::baselines {

namespace {

constexpr int kOrderSets = 5, kCopySets = 4;
constexpr float kStartWeight = 0.2F;  // of every input, where nothing was learned
constexpr int kTabled = 4096;

// ln(count + smoothing).
class LogTable {
  public:
    explicit LogTable(float smoothing) : smoothing_(smoothing) {
        for (int n = 0; n < kTabled; ++n)
            table_[static_cast<std::size_t>(n)] = std::log(static_cast<float>(n) + smoothing);
    }
    float operator()(std::uint32_t count) const {
        return count < kTabled ? table_[count] : std::log(static_cast<float>(count) + smoothing_);
    }

  private:
    float smoothing_;
    std::array<float, kTabled> table_;
};

const LogTable& log_table(int order) {
    static const LogTable low(1.0F), high(0.25F);
    return order < kMaxOrder ? low : high;
}

// How much a context was seen (log2), and whether always with the same letter.
std::uint8_t confidence_bucket(const std::uint32_t* counts, std::uint32_t total) {
    const std::uint32_t top =
        std::max(std::max(counts[0], counts[1]), std::max(counts[2], counts[3]));
    return static_cast<std::uint8_t>(2 * std::min<int>(std::bit_width(total), 15) +
                                     (top == total ? 1 : 0));
}

OrderPrediction predict(int order, const std::uint32_t* n) {
    const std::uint32_t total = n[0] + n[1] + n[2] + n[3];
    if (total == 0) return {};
    const LogTable& ln = log_table(order);
    const Letters p = {ln(n[0]), ln(n[1]), ln(n[2]), ln(n[3])};
    return {p - (p[0] + p[1] + p[2] + p[3]) / 4, confidence_bucket(n, total)};
}

int copy_set(const CopyPrediction& prediction) {
    if (prediction.letter < 0) return 0;
    return prediction.matched < 12 ? 1 : prediction.matched < 20 ? 2 : 3;
}

}  // namespace

MixStart::MixStart()
    : mix(kMixOrders, kOrderSets, kStartWeight),
      mix_copy(kMixOrders + 1, kOrderSets * kCopySets, kStartWeight) {}

LowPredictions low_predictions(const OrderCounts& orders) {
    LowPredictions low;
    for (int order = 1; order < static_cast<int>(low.size()); ++order) {
        std::vector<OrderPrediction>& row = low[static_cast<std::size_t>(order)];
        row.resize(std::size_t{1} << 2 * order);
        for (std::size_t context = 0; context < row.size(); ++context) {
            row[context] = predict(order, orders.counts(order) + 4 * context);
        }
    }
    return low;
}

MixModel::MixModel(const FrozenCounts& counts, const LowPredictions& low, const genome::Base* bases,
                   std::int64_t length, const MixStart& start)
    : counts_(counts),
      low_(low),
      bases_(bases),
      mix_(start.mix),
      mix_copy_(start.mix_copy),
      copy_(bases, length, start.copy),
      inputs_{} {}

MixStart MixModel::learned() const {
    MixStart start;
    start.mix.set_weights(mix_.weights());
    start.mix_copy.set_weights(mix_copy_.weights());
    start.copy = copy_.table();
    return start;
}

void MixModel::fill_orders(const KmerRoller& kmers) {
    inputs_.set = 0;
    const auto put = [&](int input, const OrderPrediction& prediction) {
        inputs_.predictions[static_cast<std::size_t>(input)] = prediction.letters;
        inputs_.bucket[static_cast<std::size_t>(input)] = prediction.bucket;
    };
    const int low = static_cast<int>(low_.size()) - 1;
    for (int order = 1; order <= kMaxOrder; ++order) {
        OrderPrediction prediction;
        if (kmers.run() >= order) {
            const std::uint64_t context = kmers.last(order);
            prediction = order <= low ? low_[static_cast<std::size_t>(order)][context]
                                      : predict(order, counts_.orders.counts(order) + 4 * context);
        }
        put(order - 1, prediction);
        if (order == kMaxOrder && prediction.bucket > 0) inputs_.set = 1;
    }
    for (std::size_t i = 0; i < counts_.hashed.size(); ++i) {
        const HashedCounts& hashed = counts_.hashed[i];
        OrderPrediction prediction;
        if (kmers.run() >= hashed.order()) {
            prediction = predict(hashed.order(), hashed.find(kmers.last(hashed.order())).data());
        }
        put(kMaxOrder + static_cast<int>(i), prediction);
        if (prediction.bucket > 0) inputs_.set = 2 + static_cast<int>(i);
    }
}

MixProbabilities MixModel::read(std::int64_t i, const KmerRoller& kmers, const MixRates& rates) {
    const int letter = genome::base_code(bases_[i]);
    MixProbabilities p;
    fill_orders(kmers);
    p.mix = mix_.mix(inputs_)[letter];
    mix_.learn(inputs_, letter, rates);

    const CopyPrediction copy = copy_.predict();
    Letters prediction{};
    inputs_.bucket[kMixOrders] = 0;
    if (copy.letter >= 0) {
        prediction += std::log((1 - copy.hit) / 3);
        prediction[copy.letter] = std::log(copy.hit);
        prediction -= (prediction[0] + prediction[1] + prediction[2] + prediction[3]) / 4;
        inputs_.bucket[kMixOrders] =
            static_cast<std::uint8_t>(2 * std::min(copy.matched, 15) + (copy.misses > 0 ? 1 : 0));
    }
    inputs_.predictions[kMixOrders] = prediction;
    inputs_.set += kOrderSets * copy_set(copy);
    p.mix_copy = mix_copy_.mix(inputs_)[letter];
    mix_copy_.learn(inputs_, letter, rates);

    // Without a match `copy` is order 2 (fewer at the start); with one the letters that it does not
    // name keep order 2's proportions.
    const int order = static_cast<int>(std::min<std::int64_t>(kmers.run(), 2));
    const std::uint32_t* n = counts_.orders.counts(order) + 4 * kmers.last(order);
    const auto background = [&](int l) {
        const double total = 4.0 + n[0] + n[1] + n[2] + n[3];
        return static_cast<float>((n[l] + 1.0) / total);
    };
    p.copy = copy.letter < 0 ? background(letter)
             : copy.letter == letter
                 ? copy.hit
                 : (1 - copy.hit) * background(letter) / (1 - background(copy.letter));
    copy_.read(i);
    return p;
}

void prefetch(const FrozenCounts& counts, const KmerRoller& kmers) {
    for (int order = 9; order <= kMaxOrder; ++order) {
        if (kmers.run() >= order)
            __builtin_prefetch(counts.orders.counts(order) + 4 * kmers.last(order));
    }
    for (const HashedCounts& hashed : counts.hashed) {
        if (kmers.run() >= hashed.order()) hashed.prefetch(kmers.last(hashed.order()));
    }
}

}  // namespace dna_hnet::baselines
