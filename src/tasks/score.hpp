#pragma once
// `dna-hnet score`: bits per base of a model, beside the counting models (semantics.md section 3).
// Torch-free.
//
//   tasks::ScoreRequest request;
//   request.model = "run";
//   request.table.output = [&](std::string_view text) { file.write(text); };
//   tasks::score(*reference, request);
#include <string>

#include "tasks/score_run.hpp"

namespace dna_hnet::tasks {

struct ScoreRequest {
    std::string model;                 // checkpoint or run
    evaluate::ReadingOptions reading;  // context 0: the one it was trained with
    bool baselines = false, all_orders = false;
    ScoreTableRequest table;
};

// Splits are the checkpoint's own, mapped by contig name; contigs that do not match are named in a
// warning. Baselines are fitted on its training intervals in this reference.
ScoreTotals score(genome::Reference& reference, const ScoreRequest& request);

}  // namespace dna_hnet::tasks
