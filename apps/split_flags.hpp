#pragma once
// The options that say which bases train, validate and test (semantics.md section 4).
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
    bool given() const { return !split.empty() || !valid_contigs.empty() || !test_contigs.empty(); }
    // Logs what was left out or skipped, and how many bases each split has.
    genome::SplitTable resolve(const genome::Reference& reference) const;
};

}  // namespace dna_hnet::apps
