#pragma once
// Command lines and configuration files that cannot be parsed: CLI11's checks in our words.
#include <CLI/CLI.hpp>
#include <string>

#include "core/error.hpp"

namespace dna_hnet::apps {

// Makes every option that takes a number refuse what is none, whether it comes from the command
// line, --config or the environment: `--context: got 'abc', expected a whole number`. Call it when
// all options are there.
void check_numbers(CLI::App& parser);

// CLI11's errors in our words and codes: usage 2, a --config file that cannot be read 3.
Error translate(const CLI::ParseError& error, const CLI::App& parser, const std::string& command);

}  // namespace dna_hnet::apps
