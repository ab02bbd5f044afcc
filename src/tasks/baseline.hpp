#pragma once
// `dna-hnet baseline`: the counting models alone, in the table of `score` (deltas are NA).
// Torch-free.
#include "genome/splits.hpp"
#include "tasks/score_run.hpp"

namespace dna_hnet::tasks {

struct BaselineRequest {
    // Counted on train; the best order is chosen on valid (none: every order is printed).
    genome::SplitTable splits;
    bool by_split = true;  // false: split `all` alone
    bool all_orders = false;
    evaluate::ReadingOptions reading;  // the sequences: mode, context, threads
    // Regions absent: the validation and test intervals.
    ScoreTableRequest table;
};

// The validation and test intervals, merged; bad_input when there is none.
std::vector<genome::Interval> held_out(const genome::Reference& reference,
                                       const genome::SplitTable& splits);

// bad_input: no training interval, or nothing to evaluate.
ScoreTotals baseline(genome::Reference& reference, const BaselineRequest& request);

}  // namespace dna_hnet::tasks
