#include "tasks/baseline.hpp"

#include <fmt/format.h>

#include "core/error.hpp"
#include "tasks/fitted_baselines.hpp"

namespace dna_hnet::tasks {

ScoreTotals baseline(genome::Reference& reference, const BaselineRequest& request) {
    ScoreTableRequest table = request.table;
    if (!table.regions && table.by_intervals.empty()) {
        std::vector<genome::Interval> held_out = request.splits.valid;
        held_out.insert(held_out.end(), request.splits.test.begin(), request.splits.test.end());
        if (held_out.empty()) {
            throw input_error(
                fmt::format("{}: no validation or test interval to evaluate", reference.path()),
                "name regions with -r or -R, or hold contigs out with --valid-contigs");
        }
        table.regions = genome::merged(std::move(held_out));
    }
    table.provenance.reference_fingerprint = genome::reference_fingerprint(reference.contigs());
    const FittedBaselines fitted =
        fit_baselines(reference, request.splits, request.reading, request.all_orders);
    ScoreSources sources;
    sources.baselines = &fitted.set;
    sources.rows = fitted.rows;
    return write_score_table(reference, sources, request.reading,
                             request.by_split ? &request.splits : nullptr, table);
}

}  // namespace dna_hnet::tasks
