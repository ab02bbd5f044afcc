#pragma once
// The learning rate over a run, as a factor of its peak: linear warm-up, stable, decay by 1 -
// sqrt(progress) (the "inverse square root" decay of the H-Net paper; Hägele et al. 2024). With 100
// steps, warm-up 0.1 and decay 0.2: step 0 -> 0.1, 9 -> 1, 79 -> 1, 80 -> 1, 85 -> 0.5, 99 ->
// 0.025.
#include <cstdint>

#include "config/train_config.hpp"

namespace dna_hnet::train {

// `step` counts from 0; steps = config.steps. Above 0 at every step.
double learning_rate_factor(std::int64_t step, const config::TrainConfig& config);

}  // namespace dna_hnet::train
