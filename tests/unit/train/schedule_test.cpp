#include "train/schedule.hpp"

#include <cmath>

#include "support/test.hpp"

using namespace dna_hnet;

TEST_CASE("the learning rate warms up, stays, and decays by the square root") {
    config::TrainConfig config;
    config.steps = 100;
    const auto factor = [&](std::int64_t step) {
        return train::learning_rate_factor(step, config);
    };
    CHECK(factor(0) == Approx(0.1));
    CHECK(factor(9) == 1);
    CHECK(factor(79) == 1);
    CHECK(factor(80) == 1);
    CHECK(factor(85) == Approx(0.5));
    CHECK(factor(99) == Approx(1 - std::sqrt(0.95)));
    for (std::int64_t step = 81; step < 100; ++step) CHECK(factor(step) < factor(step - 1));
    config.warmup_fraction = config.decay_fraction = 0;
    CHECK(factor(0) == 1);
    CHECK(factor(99) == 1);
    config.warmup_fraction = config.decay_fraction = 0.5;
    for (config.steps = 1; config.steps < 9; ++config.steps) {
        for (std::int64_t step = 0; step < config.steps; ++step) {
            CHECK(factor(step) > 0);
            CHECK(factor(step) <= 1);
        }
    }
}
