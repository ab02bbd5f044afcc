#include "tasks/score.hpp"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include "core/error.hpp"
#include "core/log.hpp"
#include "model/checkpoint.hpp"
#include "tasks/fitted_baselines.hpp"

namespace dna_hnet::tasks {
namespace {

genome::SplitTable splits_in(const genome::Reference& reference,
                             const model::Checkpoint& checkpoint) {
    std::vector<std::string> unmatched;
    genome::SplitTable splits = checkpoint.record.splits_for(reference, unmatched);
    if (!unmatched.empty()) {
        log_warning(fmt::format(
            "{}: has no contig of that name and length for {} of the model's "
            "training record ({}{}): their splits are unknown here",
            reference.path(), unmatched.size(), unmatched[0], unmatched.size() > 1 ? ", ..." : ""));
    }
    return splits;
}

}  // namespace

ScoreTotals score(genome::Reference& reference, const ScoreRequest& request) {
    if (request.all_orders && !request.baselines) {
        throw usage_error("--all-orders: belongs to --baselines, which is not given");
    }
    const model::Checkpoint checkpoint = model::read_checkpoint(request.model);
    evaluate::ReadingOptions reading = request.reading;
    if (reading.context == 0) reading.context = checkpoint.train_config.context;
    evaluate::ModelRunner runner(checkpoint, reading);
    const genome::SplitTable splits = splits_in(reference, checkpoint);

    ScoreSources sources;
    sources.runner = &runner;
    sources.entropy = request.table.tracks != nullptr;
    std::optional<FittedBaselines> fitted;
    if (request.baselines) {
        fitted.emplace(fit_baselines(reference, splits, reading, request.all_orders));
        sources.baselines = &fitted->set;
        sources.rows = fitted->rows;
    }
    ScoreTableRequest table = request.table;
    table.provenance.model_fingerprint = checkpoint.fingerprint;
    table.provenance.reference_fingerprint = genome::reference_fingerprint(reference.contigs());
    return write_score_table(reference, sources, reading, &splits, table);
}

}  // namespace dna_hnet::tasks
