#include "tasks/score.hpp"

#include "tasks/base_classes.hpp"
#include "tasks/score_setup.hpp"

namespace dna_hnet::tasks {

ScoreTotals score(genome::Reference& reference, const ScoreRequest& request) {
    ScoreSetup setup(reference, request.model, request.reading, request.baselines,
                     request.all_orders);
    setup.sources().entropy = request.table.tracks != nullptr;
    warn_of_empty_classes(request.table.classes, request.table.regions, request.table.strands);
    ScoreTableRequest table = request.table;
    table.provenance = setup.complete(request.table.provenance);
    return write_score_table(reference, setup.sources(), setup.reading(), &setup.splits(), table);
}

}  // namespace dna_hnet::tasks
