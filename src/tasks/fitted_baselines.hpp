#pragma once
// Counting models fitted for a table: on the training intervals, the best order chosen on the
// validation intervals. Torch-free.
#include <cstdint>
#include <vector>

#include "baselines/baseline_set.hpp"
#include "evaluate/model_runner.hpp"
#include "genome/splits.hpp"

namespace dna_hnet::tasks {

struct FittedBaselines {
    baselines::BaselineSet set;
    std::vector<std::size_t> rows;  // of set.names(): those to be printed
    std::int64_t best_order = -1;   // -1: no validation bases, then every order is printed
};

// Rows: order 2, the best order, mix, copy, mix+copy; with `all_orders` every order. The best order
// has the fewest bits over splits.valid, read forward in the sequences of `reading`. bad_input when
// no training interval lies in the reference.
FittedBaselines fit_baselines(genome::Reference& reference, const genome::SplitTable& splits,
                              const evaluate::ReadingOptions& reading, bool all_orders);

}  // namespace dna_hnet::tasks
