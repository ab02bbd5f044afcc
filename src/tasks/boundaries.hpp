#pragma once
// `dna-hnet boundaries`: learned chunk boundaries as browser tracks (semantics.md section 5).
// Torch-free.
//
//   PREFIX.stageS.{fwd,rev}.chunks.bed.gz  one row per chunk, BED9+4, with its tabix index
//   PREFIX.stageS.{fwd,rev}.chunks.bb      the same rows as bigBed
//   PREFIX.stageS.{fwd,rev}.probability.bw the router's probability of every base (stage 0), of the
//                                          first base of every chunk of the stage below (deeper)
//   PREFIX.universe.bed.gz                 the bases that were read: the regions without gaps
//   PREFIX.summary.tsv, .counts.tsv        chunk_summary.hpp
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/version.hpp"
#include "evaluate/model_runner.hpp"
#include "genome/reference.hpp"
#include "tasks/base_classes.hpp"
#include "tasks/boundary_files.hpp"

namespace dna_hnet::tasks {

struct BoundariesRequest {
    std::string model;                                     // checkpoint or run
    evaluate::ReadingOptions reading;                      // context 0: the one it was trained with
    std::optional<std::vector<genome::Interval>> regions;  // absent: everything
    std::vector<genome::Strand> strands{genome::Strand::forward, genome::Strand::reverse};
    std::optional<std::int64_t> stage;  // absent: all
    BoundaryFormats formats;
    bool counts = false;             // PREFIX.counts.tsv, from which jobs are joined
    std::vector<BaseClass> classes;  // beside all, unique and softmasked
    std::string prefix;
    Provenance provenance;
    AtomicGroup* outputs = nullptr;  // the files appear with it; absent: at the end
};

struct BoundariesResult {
    std::int64_t bases = 0;  // read, per strand
    // By stage: decisions on the bases asked for with |p - 0.5| < 1e-5, which another machine may
    // take otherwise.
    std::vector<std::int64_t> near_half;
};

// All files or, on an error before they are closed, none. usage error: a stage that the model does
// not have, a model without stages.
BoundariesResult write_boundaries(genome::Reference& reference, const BoundariesRequest& request);

// The same files contig by contig, with what is finished kept in PREFIX.boundaries.parts: contigs
// that an interrupted run of the same request has finished are not read again. usage error: parts
// of another request.
void write_boundaries_in_parts(genome::Reference& reference, const BoundariesRequest& request);

// Who says where chunks begin: a model, or a rule that it is held against.
class BoundarySource {
  public:
    virtual ~BoundarySource() = default;
    virtual std::int64_t stages() const = 0;
    // As ModelRunner::run, with the values of boundaries alone.
    virtual void read(genome::Reference& reference, const std::vector<genome::Interval>& segments,
                      const std::vector<genome::Interval>& regions, genome::Strand strand,
                      const std::function<void(const evaluate::SequenceValues&)>& sink,
                      const std::function<void(std::int64_t)>& progress) = 0;
};

// The same files from any source. Of the request, `model` and `reading` are not looked at, and the
// model's fingerprint in `provenance` is the caller's.
BoundariesResult write_boundaries(genome::Reference& reference, BoundarySource& source,
                                  const BoundariesRequest& request);

}  // namespace dna_hnet::tasks
