#pragma once
// Groups of options that several subcommands have: the genome, and how it is read.
#include <CLI/CLI.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "evaluate/model_runner.hpp"
#include "file_access.hpp"
#include "genome/reference.hpp"

namespace dna_hnet::apps {

// usage error `--model: is required` when `value` is empty.
void require_option(const std::string& value, const std::string& option);
// usage error unless `prefix` can begin file names: `-o -: boundaries writes several files, ...`.
void require_prefix(const std::string& option, const std::string& prefix,
                    const std::string& command);

struct GenomeOptions {
    std::string fasta;
    std::vector<std::string> regions;
    std::string bed;

    void add_to(CLI::App& command, bool with_regions = true);
    std::unique_ptr<genome::Reference> open() const;
    // The regions asked for, in the order given, each by itself, with its name: every contig when
    // none are. bad_input: a BED without an interval.
    std::vector<std::pair<genome::Interval, std::string>> listed(
        const genome::Reference& reference) const;
    // The regions asked for, merged; absent when none are.
    std::optional<std::vector<genome::Interval>> resolve(const genome::Reference& reference) const;
};

struct ReadingFlags {
    std::string mode = "windows", strand = "both";
    std::optional<std::int64_t> context, attention_window;

    void add_to(CLI::App& command, const std::string& default_context);
    void add_model_options_to(CLI::App& command);  // the same, and what means something to a model
    // Context 0 stands for the default.
    evaluate::ReadingOptions options(int threads, const std::string& device) const;
    std::vector<genome::Strand> strands() const;
};

}  // namespace dna_hnet::apps
