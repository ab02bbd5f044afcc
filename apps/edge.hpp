#pragma once
// The edge of the program: what becomes of errors, and the closing line.
#include <exception>
#include <string>

#include "command.hpp"

namespace dna_hnet::apps {

// Prints the error that is being handled as `dna-hnet score: error: ...` with its hint, and returns
// the exit code. `where` is "dna-hnet" or "dna-hnet COMMAND".
int report_error(const std::string& where, const std::exception_ptr& error);

// Flushes and checks standard output; run_failed when what was printed did not arrive.
void check_standard_output();

// Version, command, real time, CPU and peak memory, on stderr unless -q.
void print_closing_line(const Program& program, double real_seconds);

}  // namespace dna_hnet::apps
