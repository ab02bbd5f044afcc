#include "baselines/mixer.hpp"

#include <algorithm>
#include <cmath>

namespace dna_hnet::baselines {

Mixer::Mixer(int inputs, int sets, float start)
    : inputs_(inputs), weights_(static_cast<std::size_t>(inputs * sets * kBuckets), start) {}

Letters Mixer::mix(const MixInputs& inputs) {
    Letters sum{};
    for (int i = 0; i < inputs_; ++i) {
        const auto n = static_cast<std::size_t>(i);
        sum += inputs.predictions[n] * (weights_[place(inputs, i)] + shared_[n]);
    }
    const float top = std::max(std::max(sum[0], sum[1]), std::max(sum[2], sum[3]));
    Letters p{};
    for (int letter = 0; letter < 4; ++letter) p[letter] = std::exp(sum[letter] - top);
    // No letter is ever impossible: the floor keeps a bit count finite whatever the weights do.
    constexpr float kFloor = 1.0F / 65536;
    p = p / (p[0] + p[1] + p[2] + p[3]);
    mixed_ = p;
    return p * (1 - 4 * kFloor) + kFloor;
}

void Mixer::learn(const MixInputs& inputs, int letter, const MixRates& rates) {
    Letters error = -mixed_;
    error[letter] += 1;
    for (int i = 0; i < inputs_; ++i) {
        const auto n = static_cast<std::size_t>(i);
        const Letters product = error * inputs.predictions[n];
        const float gradient = product[0] + product[1] + product[2] + product[3];
        weights_[place(inputs, i)] += rates.bucket * gradient;
        shared_[n] += rates.shared * gradient;
    }
}

}  // namespace dna_hnet::baselines
