#pragma once
// The options of a score table that score and baseline share: classes, rows by interval, output.
#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "shared_options.hpp"
#include "tasks/score_run.hpp"

namespace dna_hnet::apps {

struct TableFlags {
    std::vector<std::string> classes;
    std::string by, output;

    void add_to(CLI::App& command);
    // Fills the request but for blocks and provenance, and opens the output, which must live as
    // long as the request.
    std::unique_ptr<OutputFile> fill(const genome::Reference& reference,
                                     const GenomeOptions& genome, const ReadingFlags& reading,
                                     tasks::ScoreTableRequest& request) const;
};

}  // namespace dna_hnet::apps
