#pragma once
// What a build without htslib and HDF5 (DNA_HNET_IO=OFF) says of what it lacks. A command or
// an option that it does not have is a usage error, a file that it cannot read is bad input; each
// says what to do.
#include <CLI/CLI.hpp>
#include <string>

#include "command.hpp"
#include "core/error.hpp"

namespace dna_hnet::apps {

// The commands of the whole build, each of which fails: `boundaries: not in this build, ...`.
void add_lacking_commands(Program& program);
// Options of the whole build ("-r,--region") that fail where they are given.
void add_lacking_option(CLI::App& command, const std::string& names, const std::string& instead);
// bad_input `genome.fa: this build, without htslib, reads genome caches (.dhg) only`.
Error unreadable_without_io(const std::string& path, const std::string& readable,
                            const std::string& instead);
// usage error when `target` ends in .gz.
void require_plain(const std::string& target);

}  // namespace dna_hnet::apps
