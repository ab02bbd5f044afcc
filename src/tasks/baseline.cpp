#include "tasks/baseline.hpp"

#include <fmt/format.h>

#include "core/error.hpp"
#include "tasks/fitted_baselines.hpp"
#include "tasks/settings.hpp"

namespace dna_hnet::tasks {

std::vector<genome::Interval> held_out(const genome::Reference& reference,
                                       const genome::SplitTable& splits) {
    std::vector<genome::Interval> intervals = splits.valid;
    intervals.insert(intervals.end(), splits.test.begin(), splits.test.end());
    if (intervals.empty()) {
        throw input_error(
            fmt::format("{}: no validation or test interval to evaluate", reference.path()),
            "name regions with -r or -R, or hold contigs out with --valid-contigs");
    }
    return genome::merged(std::move(intervals));
}

ScoreTotals baseline(genome::Reference& reference, const BaselineRequest& request) {
    ScoreTableRequest table = request.table;
    if (!table.regions && table.by_intervals.empty()) {
        table.regions = held_out(reference, request.splits);
    }
    table.provenance.reference_fingerprint = genome::reference_fingerprint(reference.contigs());
    table.provenance.settings = settings_of(request.reading) +
                                " train=sha256:" + digest_of(genome::merged(request.splits.train));
    const FittedBaselines fitted =
        fit_baselines(reference, request.splits, request.reading, request.all_orders);
    ScoreSources sources;
    sources.baselines = &fitted.set;
    sources.rows = fitted.rows;
    return write_score_table(reference, sources, request.reading,
                             request.by_split ? &request.splits : nullptr, table);
}

}  // namespace dna_hnet::tasks
