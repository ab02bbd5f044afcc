#pragma once
// What the subcommands share: the common options, and the list of what to run.
#include <CLI/CLI.hpp>
#include <functional>
#include <map>
#include <string>

#include "core/version.hpp"

namespace dna_hnet::apps {

// Options that stand on either side of the subcommand.
struct CommonOptions {
    int verbose = 0;
    bool quiet = false;
    std::int64_t threads = 0;  // 0: one per processor
    std::string device = "auto";
    std::string dtype = "auto";
    bool no_version = false;
};

class Program {
  public:
    explicit Program(std::string command_line) : command_line_(std::move(command_line)) {}

    CommonOptions common;
    // Makes the subcommand; `run` is what it does, after everything was parsed.
    CLI::App* add_command(const std::string& name, const std::string& description,
                          const std::string& example, std::function<void()> run);
    CLI::App& parser() { return parser_; }
    void parse(int argc, char** argv);  // throws CLI::ParseError
    const std::map<std::string, std::function<void()>>& commands() const { return commands_; }

    int threads() const;         // usage error below 0 and above 65536
    std::string device() const;  // "cpu" or "cuda"
    Provenance provenance() const;
    const std::string& command_line() const { return command_line_; }
    // The options in effect, as --config takes them.
    std::string effective_config() const { return parser_.config_to_str(true, true); }

  private:
    CLI::App parser_{"dna-hnet: H-Net language models of genomes", "dna-hnet"};
    std::string command_line_;
    std::map<std::string, std::function<void()>> commands_;
};

void add_common_options(Program& program);

// One file each.
void add_train(Program& program);
void add_score(Program& program);
void add_generate(Program& program);
void add_inspect(Program& program);
void add_doctor(Program& program);
// In a build with htslib and HDF5 only.
void add_annotate(Program& program);
void add_baseline(Program& program);
void add_boundaries(Program& program);
void add_simulate(Program& program);
void add_cache(Program& program);
void add_embed(Program& program);
void add_hub(Program& program);
void add_merge(Program& program);
void add_report(Program& program);
void add_variants(Program& program);

}  // namespace dna_hnet::apps
