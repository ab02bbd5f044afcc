#include <cmath>

#include "support/test.hpp"

#include "baselines/mixer.hpp"
#include "core/random.hpp"

using namespace dna_hnet;
using namespace dna_hnet::baselines;

TEST_CASE("mixing is the weighted geometric mean, normalised") {
    Mixer mixer(2, 1, 0.5F);
    MixInputs inputs{};
    const Letters a = {0.7F, 0.1F, 0.1F, 0.1F}, b = {0.4F, 0.3F, 0.2F, 0.1F};
    Letters expected{};
    float sum = 0;
    for (int l = 0; l < 4; ++l) {
        inputs.predictions[0][l] = std::log(a[l]);
        inputs.predictions[1][l] = std::log(b[l]) + 3;  // a constant changes nothing
        expected[l] = std::sqrt(a[l] * b[l]);
        sum += expected[l];
    }
    const Letters p = mixer.mix(inputs);
    for (int l = 0; l < 4; ++l) CHECK(p[l] == Approx(expected[l] / sum).margin(1e-4));
}

TEST_CASE("a step of learning is the gradient of the bits") {
    const MixInputs inputs = [] {
        MixInputs in{};
        in.predictions[0] = Letters{0.3F, -0.2F, 0.9F, 0.0F};
        in.bucket[0] = 3;
        in.predictions[1] = Letters{-1.0F, 0.4F, 0.2F, 0.1F};
        in.set = 1;
        return in;
    }();
    const auto loss = [&](float change) {
        Mixer mixer(2, 2, 0.5F);
        std::vector<float> weights = mixer.weights();
        weights[(1 * 2 + 0) * kBuckets + 3] += change;
        mixer.set_weights(weights);
        return -std::log(mixer.mix(inputs)[2]);
    };
    Mixer mixer(2, 2, 0.5F);
    mixer.mix(inputs);
    mixer.learn(inputs, 2, {1.0F, 0.0F});
    const float step = mixer.weights()[(1 * 2 + 0) * kBuckets + 3] - 0.5F;
    CHECK(step == Approx(-(loss(0.01F) - loss(-0.01F)) / 0.02F).margin(1e-3));
    // No other set or bucket moved.
    CHECK(mixer.weights()[0] == 0.5F);
    CHECK(mixer.weights()[(1 * 2 + 0) * kBuckets] == 0.5F);
}

TEST_CASE("the input that is right gains weight, the one that knows nothing loses it") {
    Mixer mixer(2, 1, 0.3F);
    Random random(1, 1);
    for (int i = 0; i < 4000; ++i) {
        const auto draw = [&] { return static_cast<int>(random.below(4)); };
        const int letter = draw(), wrong = draw(), noise = draw();
        MixInputs inputs{};
        inputs.predictions[0][random.chance(0.8) ? letter : wrong] = 2;
        inputs.predictions[1][noise] = 2;
        mixer.mix(inputs);
        mixer.learn(inputs, letter, {0.01F, 0.0F});
    }
    CHECK(mixer.weights()[0] > 0.8F);
    CHECK(std::abs(mixer.weights()[kBuckets]) < 0.15F);
}
