#pragma once
// run_failed where a model predicts what is no number: no score, boundary or sample may come of it.
#include <fmt/format.h>

#include <cmath>

#include "core/error.hpp"

namespace dna_hnet::evaluate {

inline void require_finite(double prediction) {
    if (std::isfinite(prediction)) return;
    throw run_error(fmt::format("the model predicts {}, expected a finite number", prediction),
                    "Did the training of this checkpoint diverge?");
}

}  // namespace dna_hnet::evaluate
