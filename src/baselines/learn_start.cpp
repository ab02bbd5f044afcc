// How fit() learns where every sequence starts.
#include <cmath>

#include "baselines/mix_model.hpp"

namespace dna_hnet::baselines {

namespace {

constexpr int kPasses = 2;
constexpr double kFirstRate = 0.02, kLastRate = 0.002;
// The copy table forgets while it learns, and starts a sequence with so many observations a bucket.
constexpr float kCopyLearning = 2000, kCopyStart = 64;

class Average {
  public:
    void add(const std::vector<float>& weights) {
        sum_.resize(weights.size());
        for (std::size_t i = 0; i < weights.size(); ++i) sum_[i] += static_cast<double>(weights[i]);
        ++added_;
    }
    std::vector<float> mean() const {
        std::vector<float> mean(sum_.size());
        for (std::size_t i = 0; i < sum_.size(); ++i)
            mean[i] = static_cast<float>(sum_[i] / added_);
        return mean;
    }

  private:
    std::vector<double> sum_;
    double added_ = 0;
};

MixStart read_window(const FrozenCounts& counts, const LowPredictions& low,
                     const std::vector<genome::Base>& bases, const MixStart& start, float rate) {
    MixModel model(counts, low, bases.data(), static_cast<std::int64_t>(bases.size()), start);
    KmerRoller kmers;
    for (std::size_t i = 0; i < bases.size(); ++i) {
        const auto place = static_cast<std::int64_t>(i);
        if (genome::is_acgt(bases[i])) {
            model.read(place, kmers, {rate, 0});
        } else {
            model.skip(place);
        }
        kmers.push(bases[i]);
    }
    return model.learned();
}

}  // namespace

MixStart learn_start(const FrozenCounts& counts,
                     const std::vector<std::vector<genome::Base>>& windows) {
    MixStart current;
    if (windows.empty()) return current;
    const LowPredictions low = low_predictions(counts.orders);
    Average mix, mix_copy;
    const double steps = kPasses * static_cast<double>(windows.size());
    double step = 0;
    for (int pass = 0; pass < kPasses; ++pass) {
        for (const std::vector<genome::Base>& window : windows) {
            const double rate = kFirstRate * std::pow(kLastRate / kFirstRate, step++ / steps);
            current = read_window(counts, low, window, current, static_cast<float>(rate));
            current.copy.forget_down_to(kCopyLearning);
            if (pass + 1 < kPasses) continue;
            mix.add(current.mix.weights());
            mix_copy.add(current.mix_copy.weights());
        }
    }
    current.mix.set_weights(mix.mean());
    current.mix_copy.set_weights(mix_copy.mean());
    current.copy.forget_down_to(kCopyStart);
    return current;
}

}  // namespace dna_hnet::baselines
