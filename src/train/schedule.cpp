#include "train/schedule.hpp"

#include <cmath>

namespace dna_hnet::train {

double learning_rate_factor(std::int64_t step, const config::TrainConfig& config) {
    const auto part = [&](double fraction) {
        return std::llround(fraction * static_cast<double>(config.steps));
    };
    const std::int64_t warmup = part(config.warmup_fraction), decay = part(config.decay_fraction);
    if (step < warmup) return static_cast<double>(step + 1) / static_cast<double>(warmup);
    const std::int64_t decay_start = config.steps - decay;
    if (step < decay_start || decay == 0) return 1;
    return 1 - std::sqrt(static_cast<double>(step - decay_start) / static_cast<double>(decay));
}

}  // namespace dna_hnet::train
