#include "edge.hpp"

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <new>

#include "core/closest_name.hpp"
#include "core/error.hpp"
#include "core/log.hpp"
#include "core/signals.hpp"

namespace dna_hnet::apps {
namespace {

int print_error(const std::string& where, const std::string& message, const std::string& hint,
                int code) {
    std::string text = fmt::format("{}: error: {}\n", where, message);
    if (!hint.empty()) text += fmt::format("hint: {}\n", hint);
    std::fwrite(text.data(), 1, text.size(), stderr);
    return code;
}

// LibTorch's messages carry the C++ stack from the second line on.
std::string first_line(const std::string& text) {
    return log_verbosity() > 0 ? text : text.substr(0, text.find('\n'));
}

std::vector<std::string> option_names(const CLI::App& parser) {
    std::vector<std::string> names;
    for (const CLI::Option* option : parser.get_options()) {
        for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    }
    return names;
}

const CLI::App* find_command(const CLI::App& parser, const std::string& name) {
    for (const CLI::App* command : parser.get_subcommands({})) {
        if (command->get_name() == name) return command;
    }
    return &parser;
}

std::string help_hint(const std::string& command) {
    return command.empty() ? "dna-hnet --help" : fmt::format("dna-hnet {} --help", command);
}

}  // namespace

int report_error(const std::string& where, const std::exception_ptr& error) {
    try {
        std::rethrow_exception(error);
    } catch (const Error& e) {
        return print_error(where, e.what(), e.hint(), static_cast<int>(e.kind()));
    } catch (const Stopped& stopped) {
        return print_error(where, stopped.signal == SIGINT ? "interrupted" : "terminated", "",
                           128 + stopped.signal);
    } catch (const std::bad_alloc&) {
        return print_error(where, "out of memory", "", 1);
    } catch (const std::exception& e) {
        return print_error(where, first_line(e.what()), "", 1);
    } catch (...) {
        return print_error(where, "an error of unknown kind", "", 1);
    }
}

Error translate(const CLI::ParseError& error, const CLI::App& parser, const std::string& command) {
    const CLI::App& app = *find_command(parser, command);
    const std::string message = error.what();
    const std::string last = message.substr(message.find_last_of(' ') + 1);
    if (dynamic_cast<const CLI::FileError*>(&error)) {
        return input_error(
            fmt::format("--config: cannot read {}", message.substr(0, message.find(' '))));
    }
    if (dynamic_cast<const CLI::ConfigError*>(&error)) {
        const auto dot = last.find_last_of('.');
        const std::string section = dot == std::string::npos ? "" : last.substr(0, dot);
        const std::string close =
            closest_name("--" + last.substr(dot + 1), option_names(*find_command(parser, section)));
        return usage_error(
            fmt::format("--config: no option '{}'", last),
            close.empty() ? help_hint(command) : fmt::format("did you mean {}?", close.substr(2)));
    }
    if (dynamic_cast<const CLI::ExtrasError*>(&error)) {
        std::vector<std::string> names = option_names(app);
        const std::string unknown = message.substr(message.find(": ") + 2);
        // The words that nothing took, last first: the option among them is the one that was
        // misspelt.
        const auto dash = unknown.rfind(" -");
        const std::size_t begin = unknown[0] != '-' && dash != std::string::npos ? dash + 1 : 0;
        const std::string word = unknown.substr(begin, unknown.find_first_of(" =", begin) - begin);
        if (command.empty() && word.rfind('-', 0) != 0) {
            names.clear();
            for (const CLI::App* sub : parser.get_subcommands({})) names.push_back(sub->get_name());
            const std::string close = closest_name(word, names);
            return usage_error(
                fmt::format("no command '{}'", word),
                close.empty() ? help_hint("") : fmt::format("did you mean {}?", close));
        }
        for (const std::string& name : option_names(parser)) names.push_back(name);
        const std::string close = closest_name(word, names);
        return usage_error(
            fmt::format("got '{}', expected an option of this command", unknown),
            close.empty() ? help_hint(command) : fmt::format("did you mean {}?", close));
    }
    return usage_error(message, help_hint(command));
}

void check_standard_output() {
    if (std::fflush(stdout) != 0 || std::ferror(stdout) || close(STDOUT_FILENO) != 0) {
        throw run_error(fmt::format("standard output: cannot write: {}", errno_text()));
    }
}

void print_closing_line(const Program& program, double real_seconds) {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
    };
    log_info(
        fmt::format("dna-hnet {}; command: {}; real time: {:.3f} s; CPU: {:.3f} s; peak "
                    "memory: {:.3f} GB",
                    version(), program.command_line(), real_seconds,
                    seconds(usage.ru_utime) + seconds(usage.ru_stime),
                    static_cast<double>(usage.ru_maxrss) * 1024 / 1e9));
}

}  // namespace dna_hnet::apps
