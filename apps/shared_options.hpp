#pragma once
// Groups of options that several subcommands have: the genome, and how it is read.
#include <CLI/CLI.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "evaluate/model_runner.hpp"
#include "genome/bed.hpp"
#include "genome/reference.hpp"

namespace dna_hnet::apps {

// usage error `--model: is required` when `value` is empty.
void require_option(const std::string& value, const std::string& option);

// FASTA or genome cache, by suffix; a build without htslib reads genome caches only.
std::unique_ptr<genome::Reference> open_genome(const std::string& path);
std::vector<genome::BedRecord> read_bed_file(const std::string& path);
// LABEL=PATH, or PATH. A path may hold '=' behind a '/'.
std::pair<std::string, std::string> labelled_path(const std::string& text);

// A text file that appears whole when it is closed, or not at all. `-` is standard output; .gz is
// compressed where the build has htslib.
class OutputFile {
  public:
    explicit OutputFile(const std::string& target);
    ~OutputFile();
    OutputFile(const OutputFile&) = delete;
    OutputFile& operator=(const OutputFile&) = delete;
    void write(std::string_view text);
    void close();

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};
void write_text(const std::string& target, const std::string& text);

struct GenomeOptions {
    std::string fasta;
    std::vector<std::string> regions;
    std::string bed;

    void add_to(CLI::App& command, bool with_regions = true);
    std::unique_ptr<genome::Reference> open() const;
    // The regions asked for, merged; absent when none are.
    std::optional<std::vector<genome::Interval>> resolve(const genome::Reference& reference) const;
};

struct ReadingFlags {
    std::string mode = "windows", strand = "both";
    std::optional<std::int64_t> context, attention_window;

    void add_to(CLI::App& command, bool with_strand = true);
    // Context 0 stands for the training context.
    evaluate::ReadingOptions options(int threads, const std::string& device) const;
    std::vector<genome::Strand> strands() const;
};

}  // namespace dna_hnet::apps
