#pragma once
// Geometric mixing of predictions of the next letter: p(letter) ~ prod_i p_i(letter)^w_i, the
// weights w learned online.
//
// The weight of an input is the sum of two: one kept per (weight set, input, bucket of the input's
// confidence), one per input. Both move by gradient descent on the observed base's bits.
// docs/baselines.md has the definition.
//
//   Mixer mixer(15, 5);
//   inputs.set = 2; inputs.predictions[i] = {...}; inputs.bucket[i] = ...;
//   std::array<float, 4> p = mixer.mix(inputs);
//   mixer.learn(genome::kC, rates);
#include <array>
#include <cstdint>
#include <vector>

namespace dna_hnet::baselines {

inline constexpr int kMaxInputs = 16;
inline constexpr int kBuckets = 32;

// Four letters at once (GCC and Clang vector extension).
using Letters = float __attribute__((vector_size(16)));

struct MixInputs {
    std::array<Letters, kMaxInputs> predictions;  // ln p + any constant; a row of zeros has no say
    std::array<std::uint8_t, kMaxInputs> bucket;  // 0 .. kBuckets - 1
    int set = 0;
};

struct MixRates {
    float bucket = 0, shared = 0;
};

class Mixer {
  public:
    Mixer(int inputs, int sets, float start);
    // Probabilities of A C G T; the sum is 1.
    Letters mix(const MixInputs& inputs);
    // The base of the last mix() was `letter`, 0..3.
    void learn(const MixInputs& inputs, int letter, const MixRates& rates);
    const std::vector<float>& weights() const { return weights_; }
    void set_weights(std::vector<float> weights) { weights_ = std::move(weights); }

  private:
    std::size_t place(const MixInputs& inputs, int input) const {
        return static_cast<std::size_t>((inputs.set * inputs_ + input) * kBuckets +
                                        inputs.bucket[static_cast<std::size_t>(input)]);
    }
    int inputs_;
    std::vector<float> weights_;
    std::array<float, kMaxInputs> shared_{};
    Letters mixed_{};
};

}  // namespace dna_hnet::baselines
