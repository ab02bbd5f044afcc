#pragma once
// The part of `score` that reads sequencing reads instead of a genome.
#include <initializer_list>
#include <string>
#include <utility>

#include "read_flags.hpp"
#include "shared_options.hpp"
#include "tasks/score_reads.hpp"

namespace dna_hnet::apps {

// usage error for an option that was given and means nothing to reads.
void require_absent_with_reads(
    std::initializer_list<std::pair<const char*, bool>> options_and_given);

struct ScoreReadsFlags {
    ReadFlags reads;
    std::string out, as = "sequenced";

    void add_to(CLI::App& command);
    // Whether there are reads; usage error for their options without them.
    bool given() const;
    // `request` lacks the files, which are opened here.
    void run(const GenomeOptions& genome, const std::string& output,
             tasks::ReadScoreRequest request) const;
};

}  // namespace dna_hnet::apps
