#pragma once
// The options of sequencing reads as input.
#include <CLI/CLI.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "genome/read_source.hpp"
#include "genome/reference.hpp"

namespace dna_hnet::apps {

struct ReadFlags {
    std::vector<std::string> files;
    genome::ReadFilter filter;

    void add_to(CLI::App& command);
    bool given() const { return !files.empty(); }
    // usage error: filters out of range. `unplaced`: reads without a place on the reference, too.
    // The reference must outlive the result.
    std::vector<std::unique_ptr<genome::ReadSource>> open(
        const genome::Reference& reference,
        const std::optional<std::vector<genome::Interval>>& regions, bool unplaced = false) const;
};

}  // namespace dna_hnet::apps
