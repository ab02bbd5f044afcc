#pragma once
// How a genome is divided into train, valid and test: the options of train and baseline.
#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "genome/splits.hpp"

namespace dna_hnet::apps {

struct SplitFlags {
    std::string split;
    std::vector<std::string> valid_contigs, test_contigs;
    bool include_alt = false;

    void add_to(CLI::App& command);
    // Says on the log what became of the genome. usage error, bad_input: genome::make_splits.
    genome::SplitTable resolve(const genome::Reference& reference) const;
};

}  // namespace dna_hnet::apps
