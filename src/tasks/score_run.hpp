#pragma once
// What `score` and `baseline` have in common: bits of the bases asked for, summed into a table.
// Torch-free.
#include <optional>
#include <string>
#include <vector>

#include "core/version.hpp"
#include "formats/tsv.hpp"
#include "genome/bed.hpp"
#include "genome/splits.hpp"
#include "tasks/base_classes.hpp"
#include "tasks/scored_pieces.hpp"

namespace dna_hnet::tasks {

// The part of a request that does not say which model.
struct ScoreTableRequest {
    std::optional<std::vector<genome::Interval>> regions;  // absent: everything
    std::vector<genome::Strand> strands{genome::Strand::forward, genome::Strand::reverse};
    std::vector<BaseClass> classes;  // beside all, unique and softmasked
    // --by: a row per interval, in their order, or per so many bases, contigs in the C order of
    // their names, in place of the table by split and class.
    std::optional<std::int64_t> by_bases;
    std::vector<genome::BedRecord> by_intervals;
    std::string by_place;  // of by_intervals, for messages
    formats::TextSink output;
    formats::TextSink blocks;     // --blocks; may be empty
    PieceSink* tracks = nullptr;  // --tracks
    Provenance provenance;
};

struct ScoreTotals {
    std::int64_t scored = 0;   // bases
    std::int64_t gaps = 0;     // bases skipped in gaps
    std::int64_t unknown = 0;  // bases skipped elsewhere: N and other letters
    double bits_per_base = 0;  // of the first model; NaN without scored bases
};

// usage error: --by together with classes or --blocks, or steps below 1. bad_input: no base of the
// regions lies in a segment.
ScoreTotals write_score_table(genome::Reference& reference, const ScoreSources& sources,
                              const evaluate::ReadingOptions& reading,
                              const genome::SplitTable* splits, const ScoreTableRequest& request);

}  // namespace dna_hnet::tasks
