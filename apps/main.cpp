// dna-hnet: parses the command line, runs one command, and turns errors into exit codes.
#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>

#include "core/error.hpp"
#include "core/log.hpp"
#include "core/signals.hpp"
#include "edge.hpp"
#include "parse_errors.hpp"
#include "tasks/machine.hpp"
#ifdef DNA_HNET_IO
#include "hts/hts_log.hpp"
#else
#include "without_io.hpp"
#endif

namespace {

using namespace dna_hnet;

// As one would type it again: arguments with other than plain characters are quoted.
std::string command_line_of(int argc, char** argv) {
    std::string line = "dna-hnet";
    for (int i = 1; i < argc; ++i) {
        const std::string argument = argv[i];
        const bool plain = !argument.empty() &&
                           argument.find_first_not_of(
                               "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                               "%+,-./:=@_^") == std::string::npos;
        line += ' ';
        if (plain) {
            line += argument;
            continue;
        }
        line += '\'';
        for (const char letter : argument)
            line += letter == '\'' ? "'\\''" : std::string(1, letter);
        line += '\'';
    }
    return line;
}

std::string version_text() {
    std::string text = fmt::format("dna-hnet {}\n", version());
    for (const auto& [name, number] : tasks::library_versions()) {
        text += fmt::format("{} {}\n", name, number);
    }
    return text;
}

void build_parser(apps::Program& program) {
    CLI::App& parser = program.parser();
    // Before the subcommands, which inherit it: common options may stand on either side of them.
    parser.fallthrough();
    parser.configurable();
    parser.allow_config_extras(CLI::config_extras_mode::error);
    parser.require_subcommand(0, 1);
    apps::add_common_options(program);
    parser.footer(
        "Example:\n  dna-hnet train --preset tiny -f genome.fa -o run\n\n"
        "dna-hnet COMMAND --help says what a command takes. How to cite: CITATION.cff.");
    apps::add_train(program);
    apps::add_score(program);
#ifdef DNA_HNET_IO
    apps::add_boundaries(program);
    apps::add_annotate(program);
    apps::add_variants(program);
    apps::add_baseline(program);
    apps::add_merge(program);
    apps::add_hub(program);
    apps::add_report(program);
    apps::add_simulate(program);
    apps::add_cache(program);
    apps::add_embed(program);
#else
    apps::add_lacking_commands(program);
#endif
    apps::add_generate(program);
    apps::add_inspect(program);
    apps::add_doctor(program);
    parser.set_version_flag("--version", version_text);
    apps::check_numbers(parser);
}

// The subcommand that the command line names first; a section of --config may name others.
std::string chosen_command(const apps::Program& program, int argc, char** argv) {
    for (int i = 1; i < argc; ++i) {
        if (program.commands().count(argv[i]) != 0) return argv[i];
    }
    return {};
}

int run(apps::Program& program, int argc, char** argv) {
    const auto start = std::chrono::steady_clock::now();
    build_parser(program);
    const std::string command = chosen_command(program, argc, argv);
    const std::string where = command.empty() ? "dna-hnet" : "dna-hnet " + command;
    try {
        if (argc == 1) {
            std::fputs(program.parser().help().c_str(), stdout);
            apps::check_standard_output();
            return 0;
        }
        try {
            program.parse(argc, argv);
        } catch (const CLI::ParseError& error) {
            if (error.get_exit_code() != 0) throw apps::translate(error, program.parser(), command);
            program.parser().exit(error);  // --help and --version
            apps::check_standard_output();
            return 0;
        }
        set_log_verbosity(program.common.quiet ? -1 : program.common.verbose);
#ifdef DNA_HNET_IO
        hts::quiet_htslib(log_verbosity());
#endif
        if (command.empty()) throw usage_error("no command given", "dna-hnet --help lists them");
        program.commands().at(command)();
        apps::check_standard_output();
    } catch (...) {
        return apps::report_error(where, std::current_exception());
    }
    apps::print_closing_line(
        program, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    return 0;
}

// Rows by interval of all jobs are joined from files that are open together: as many as the machine
// allows, not as many as a shell gives at first.
void raise_limit_of_open_files() {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);  // best effort: opening says what is wrong
}

}  // namespace

int main(int argc, char** argv) {
    install_stop_signals();
    raise_limit_of_open_files();
    apps::Program program(command_line_of(argc, argv));
    return run(program, argc, argv);
}
