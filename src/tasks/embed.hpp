#pragma once
// `dna-hnet embed`: activations of a model as rows of an HDF5 file (semantics.md section 9).
// Torch-free.
#include <string>
#include <vector>

#include "core/version.hpp"
#include "embedding_store/embedding_file.hpp"
#include "evaluate/model_runner.hpp"
#include "genome/reference.hpp"
#include "tasks/embed_units.hpp"
#include "tasks/vector_runs.hpp"

namespace dna_hnet::tasks {

// base: a row per base. chunk: a row per learned chunk whose first base in reading direction lies
// in the region. region: a row per region.
enum class Level { base, chunk, region };

struct EmbedRequest {
    std::string model;                 // checkpoint or run
    evaluate::ReadingOptions reading;  // context 0: the one it was trained with
    std::vector<NamedRegion> regions;  // any order; may overlap
    std::vector<genome::Strand> strands{genome::Strand::forward, genome::Strand::reverse};
    Level level = Level::region;
    evaluate::WantedVectors vectors;
    Pool pool = Pool::mean;
    embedding_store::Layout layout = embedding_store::Layout::hdf5;
    bool half = false;    // float16
    bool force = false;   // above 10 GB
    bool resume = false;  // keep finished parts beside the output, and go on from them
    std::string output;
    Provenance provenance;
};

struct EmbedResult {
    std::int64_t rows = 0, columns = 0;
    std::int64_t bases_in_gaps = 0;    // asked for, and without a vector
    std::int64_t regions_in_gaps = 0;  // regions without any base outside gaps: rows of NaN
};

// Rows stand in the order of the regions, ascending inside one; at chunk level all of the forward
// strand come first. With both strands a row of a base or region has the forward vector and then
// the reverse one. usage error: a stage or layer that the model has not, chunk level of a model
// without chunks, the anndata layout at another level than region, more than 10 GB without `force`.
EmbedResult embed(genome::Reference& reference, const EmbedRequest& request);

}  // namespace dna_hnet::tasks
