#include "tasks/variant_model.hpp"

#include "model/checkpoint.hpp"
#include "tasks/score_setup.hpp"

namespace dna_hnet::tasks {

VariantModel::VariantModel(const genome::Reference& reference, const VariantModelRequest& request) {
    const model::Checkpoint checkpoint = model::read_checkpoint(request.path);
    context_ = request.context == 0 ? checkpoint.train_config.context : request.context;
    training_ = known_splits(reference, checkpoint).train;
    scorer_ = std::make_unique<evaluate::VariantScorer>(checkpoint, request.device,
                                                        request.attention_window, request.reading);
    model_fingerprint_ = checkpoint.fingerprint;
    reference_fingerprint_ = genome::reference_fingerprint(reference.contigs());
}

Provenance VariantModel::complete(Provenance provenance) const {
    provenance.model_fingerprint = model_fingerprint_;
    provenance.reference_fingerprint = reference_fingerprint_;
    return provenance;
}

}  // namespace dna_hnet::tasks
