#include "parse_errors.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <sstream>

#include "core/closest_name.hpp"

namespace dna_hnet::apps {
namespace {

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

// CLI11 lists what it did not understand last word first; the option among it says most.
std::string unexpected_word(const std::string& words) {
    std::istringstream text(words);
    std::string chosen;
    for (std::string word; text >> word;) {
        if (chosen.empty() || word[0] == '-' || chosen[0] != '-') chosen = word;
    }
    return chosen.substr(0, chosen.find('='));
}

std::string help_hint(const std::string& command) {
    return command.empty() ? "dna-hnet --help" : fmt::format("dna-hnet {} --help", command);
}

// True when all of `text` is a T. CLI11 by itself would take octal and hexadecimal numbers, wrap -1
// around and cut off what does not fit.
template <class T>
bool is_all(const std::string& text) {
    T value{};
    const char* const end = text.data() + text.size();
    const auto [rest, status] = std::from_chars(text.data(), end, value);
    if (status != std::errc() || rest != end) return false;
    if constexpr (std::is_floating_point_v<T>) return std::isfinite(value);
    return true;
}

// By CLI11's name of an option's type.
struct NumberType {
    const char* name;
    const char* expected;
    bool (*accepts)(const std::string& text);
};
constexpr NumberType kNumberTypes[] = {
    {"INT", "a whole number", is_all<std::int64_t>},
    {"UINT", "a whole number from 0 on", is_all<std::uint64_t>},
    {"FLOAT", "a number", is_all<double>},
};

}  // namespace

void check_numbers(CLI::App& parser) {
    for (CLI::Option* const option : parser.get_options()) {
        for (const NumberType& type : kNumberTypes) {
            if (option->get_type_name() != type.name) continue;
            option->check([type](const std::string& text) {
                return type.accepts(text)
                           ? std::string()
                           : fmt::format("got '{}', expected {}", text, type.expected);
            });
        }
    }
    for (CLI::App* const command : parser.get_subcommands({})) check_numbers(*command);
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
        const std::string word = unexpected_word(unknown);
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
            fmt::format("got '{}', expected an option of this command", word),
            close.empty() ? help_hint(command) : fmt::format("did you mean {}?", close));
    }
    if (dynamic_cast<const CLI::ArgumentMismatch*>(&error)) {
        const std::string name = message.substr(0, message.find(':'));
        return usage_error(message.ends_with(" missing")
                               ? fmt::format("{}: expected a value", name)
                               : fmt::format("{}: got {} values, expected one", name, last),
                           help_hint(command));
    }
    // A flag: a number is refused before it is converted.
    constexpr std::string_view kConvert = "Could not convert: ";
    if (const auto equals = message.find(" = ");
        message.starts_with(kConvert) && equals != std::string::npos) {
        return usage_error(fmt::format("{}: got '{}', expected no value",
                                       message.substr(kConvert.size(), equals - kConvert.size()),
                                       message.substr(equals + 3)),
                           help_hint(command));
    }
    return usage_error(message, help_hint(command));
}

}  // namespace dna_hnet::apps
