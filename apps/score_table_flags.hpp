#pragma once
// The options of `score` and `baseline` that shape their table.
#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "shared_options.hpp"
#include "tasks/score_run.hpp"

namespace dna_hnet::apps {

struct ScoreTableFlags {
    std::string output, blocks, by;
    std::vector<std::string> classes;
    bool all_orders = false;

    void add_to(CLI::App& command, bool with_blocks);
    // Classes and --by, resolved; output and provenance are the caller's.
    tasks::ScoreTableRequest request(genome::Reference& reference) const;
};

}  // namespace dna_hnet::apps
