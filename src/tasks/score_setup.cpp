#include "tasks/score_setup.hpp"

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/log.hpp"
#include "model/checkpoint.hpp"
#include "tasks/settings.hpp"

namespace dna_hnet::tasks {

genome::SplitTable known_splits(const genome::Reference& reference,
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

ScoreSetup::ScoreSetup(genome::Reference& reference, const std::string& model,
                       evaluate::ReadingOptions reading, bool baselines, bool all_orders)
    : reading_(std::move(reading)) {
    if (all_orders && !baselines) {
        throw usage_error("--all-orders: belongs to --baselines, which is not given");
    }
    const model::Checkpoint checkpoint = model::read_checkpoint(model);
    if (reading_.context == 0) reading_.context = checkpoint.train_config.context;
    runner_ = std::make_unique<evaluate::ModelRunner>(checkpoint, reading_);
    splits_ = known_splits(reference, checkpoint);
    sources_.runner = runner_.get();
    if (baselines) {
        fitted_.emplace(fit_baselines(reference, splits_, reading_, all_orders));
        sources_.baselines = &fitted_->set;
        sources_.rows = fitted_->rows;
    }
    model_fingerprint_ = checkpoint.fingerprint;
    reference_fingerprint_ = genome::reference_fingerprint(reference.contigs());
}

Provenance ScoreSetup::complete(Provenance provenance) const {
    provenance.model_fingerprint = model_fingerprint_;
    provenance.reference_fingerprint = reference_fingerprint_;
    provenance.settings = settings_of(reading_);
    return provenance;
}

}  // namespace dna_hnet::tasks
