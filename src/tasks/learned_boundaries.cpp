// The boundaries that a model has learned, at once or contig by contig.
#include <fmt/format.h>

#include "core/error.hpp"
#include "core/log.hpp"
#include "model/checkpoint.hpp"
#include "tasks/base_classes.hpp"
#include "tasks/boundaries.hpp"
#include "tasks/merge.hpp"
#include "tasks/parts_folder.hpp"
#include "tasks/settings.hpp"

namespace dna_hnet::tasks {
namespace {

using genome::Interval;
using genome::Strand;

// A model's learned boundaries.
class LearnedBoundaries : public BoundarySource {
  public:
    explicit LearnedBoundaries(const BoundariesRequest& request)
        : checkpoint_(model::read_checkpoint(request.model)),
          runner_(checkpoint_, reading(request)) {
        check_stage(request);
    }
    const std::string& fingerprint() const { return checkpoint_.fingerprint; }
    const evaluate::ReadingOptions& options() const { return runner_.options(); }
    std::int64_t stages() const override { return runner_.num_routed_stages(); }
    void read(genome::Reference& reference, const std::vector<Interval>& segments,
              const std::vector<Interval>& regions, Strand strand,
              const std::function<void(const evaluate::SequenceValues&)>& sink,
              const std::function<void(std::int64_t)>& progress) override {
        evaluate::Wanted wanted;
        wanted.bits = false;
        wanted.boundaries = true;
        runner_.run(reference, segments, regions, strand, wanted, sink, progress);
    }

  private:
    evaluate::ReadingOptions reading(const BoundariesRequest& request) const {
        evaluate::ReadingOptions options = request.reading;
        if (options.context == 0) options.context = checkpoint_.train_config.context;
        return options;
    }
    void check_stage(const BoundariesRequest& request) const;

    model::Checkpoint checkpoint_;
    evaluate::ModelRunner runner_;
};

void LearnedBoundaries::check_stage(const BoundariesRequest& request) const {
    if (stages() == 0) {
        throw usage_error(
            fmt::format("{}: this model has one stage and learns no boundaries", request.model));
    }
    if (request.stage && (*request.stage < 0 || *request.stage >= stages())) {
        throw usage_error(
            fmt::format("--stage: got {}, expected 0 to {}: the model has {} stage{}"
                        " with boundaries",
                        *request.stage, stages() - 1, stages(), stages() == 1 ? "" : "s"));
    }
}

BoundariesResult write_learned(genome::Reference& reference, LearnedBoundaries& source,
                               const BoundariesRequest& request) {
    BoundariesRequest named = request;
    named.provenance.model_fingerprint = source.fingerprint();
    named.provenance.settings = settings_of(source.options());
    BoundariesResult result = write_boundaries(reference, source, named);
    for (std::size_t stage = 0; stage < result.near_half.size(); ++stage) {
        log_info(fmt::format(
            "stage {}: {} decisions within 1e-5 of p = 0.5, which another machine may take "
            "otherwise",
            stage, result.near_half[stage]));
    }
    return result;
}

std::string signature(genome::Reference& reference, const LearnedBoundaries& source,
                      const BoundariesRequest& request) {
    std::string text = fmt::format(
        "boundaries\nmodel={}\nreference={}\nbases={}\n{}\nstage={}\nformats={} {} "
        "{}\nprovenance={}\n",
        source.fingerprint(), genome::reference_fingerprint(reference.contigs()),
        digest_of_bases(reference, request.regions), settings_of(source.options()),
        request.stage.value_or(-1), request.formats.bed, request.formats.bigwig,
        request.formats.bigbed, request.provenance.enabled);
    text += signature_of(request.strands);
    if (request.regions) text += signature_of("regions", *request.regions);
    for (const BaseClass& klass : request.classes) {
        text += signature_of("class " + klass.name, klass.forward) +
                signature_of("class " + klass.name, klass.reverse);
    }
    return text;
}

}  // namespace

BoundariesResult write_boundaries(genome::Reference& reference, const BoundariesRequest& request) {
    LearnedBoundaries source(request);
    warn_of_empty_classes(request.classes, request.regions, request.strands);
    return write_learned(reference, source, request);
}

void write_boundaries_in_parts(genome::Reference& reference, const BoundariesRequest& request) {
    LearnedBoundaries source(request);
    warn_of_empty_classes(request.classes, request.regions, request.strands);
    PartsFolder parts(request.prefix + ".boundaries.parts", signature(reference, source, request));
    MergeRequest joined;
    joined.inputs =
        work_by_contig(parts, reference, request.regions,
                       [&](const std::string& stem, const std::vector<Interval>& regions) {
                           BoundariesRequest part = request;
                           part.regions = regions;
                           part.prefix = stem;
                           part.counts = true;  // from which the summary is joined
                           write_learned(reference, source, part);
                       });
    joined.output = request.prefix;
    joined.reference = &reference;
    joined.regions = request.regions;
    joined.provenance = request.provenance;
    joined.keeps_counts = request.counts;
    merge(joined);
    parts.remove();
}

}  // namespace dna_hnet::tasks
