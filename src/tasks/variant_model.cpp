#include "tasks/variant_model.hpp"

#include <fmt/format.h>

#include "model/checkpoint.hpp"
#include "tasks/score_setup.hpp"
#include "tasks/settings.hpp"

namespace dna_hnet::tasks {

VariantModel::VariantModel(const genome::Reference& reference, const VariantModelRequest& request) {
    const model::Checkpoint checkpoint = model::read_checkpoint(request.path);
    context_ = request.context == 0 ? checkpoint.train_config.context : request.context;
    training_ = known_splits(reference, checkpoint).train;
    scorer_ = std::make_unique<evaluate::VariantScorer>(checkpoint, request.device,
                                                        request.attention_window, request.reading);
    model_fingerprint_ = checkpoint.fingerprint;
    reference_fingerprint_ = genome::reference_fingerprint(reference.contigs());
    evaluate::ReadingOptions reading;
    reading.context = context_;
    reading.attention_window = request.attention_window;
    settings_ = settings_of(reading);
    if (request.reading.suffix) settings_ += fmt::format(" suffix={}", *request.reading.suffix);
}

Provenance VariantModel::complete(Provenance provenance) const {
    provenance.model_fingerprint = model_fingerprint_;
    provenance.reference_fingerprint = reference_fingerprint_;
    provenance.settings = settings_;
    return provenance;
}

}  // namespace dna_hnet::tasks
