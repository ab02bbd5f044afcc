#pragma once
// `dna-hnet score --tracks PREFIX --resume`: contig by contig, with what is finished kept in
// PREFIX.score.parts. Torch-free.
#include <string>

#include "tasks/score.hpp"
#include "tasks/score_tracks.hpp"

namespace dna_hnet::tasks {

struct ScorePartsRequest {
    ScoreRequest score;  // without sinks and tracks
    ScoreTracksRequest tracks;
    std::string output, blocks;  // files; blocks may be empty
};

// What score() and its tracks write, to the byte. Contigs that an interrupted run of the same
// request has finished are not read again. usage error: --by, parts of another request.
void score_in_parts(genome::Reference& reference, const ScorePartsRequest& request);

}  // namespace dna_hnet::tasks
