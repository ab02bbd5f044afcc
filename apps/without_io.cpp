#include "without_io.hpp"

#include <fmt/format.h>

namespace dna_hnet::apps {
namespace {

constexpr const char* kDescription = "not in this build, which is without htslib and HDF5";
constexpr const char* kHint = "configure with -DDNA_HNET_IO=ON";

Error lacking(const std::string& name, const std::string& instead = {}) {
    return usage_error(fmt::format("{}: {}", name, kDescription),
                       instead.empty() ? kHint : fmt::format("{}, or {}", kHint, instead));
}

}  // namespace

void add_lacking_commands(Program& program) {
    for (const char* name : {"boundaries", "annotate", "baseline", "merge", "hub", "report",
                             "simulate", "cache", "embed", "variants"}) {
        CLI::App* const command =
            program.add_command(name, kDescription, fmt::format("dna-hnet {} --help", name),
                                [name] { throw lacking(name); });
        command->fallthrough(false);  // whatever its options are
        command->allow_extras();
        command->prefix_command();
    }
}

void add_lacking_option(CLI::App& command, const std::string& names, const std::string& instead) {
    const std::string name = names.substr(names.find_last_of(',') + 1);
    command
        .add_option_function<std::vector<std::string>>(
            names,
            [name, instead](const std::vector<std::string>&) { throw lacking(name, instead); },
            kDescription)
        ->expected(0, 1)  // it may be a flag
        ->take_last();
}

Error unreadable_without_io(const std::string& path, const std::string& readable,
                            const std::string& instead) {
    return input_error(fmt::format("{}: this build, without htslib, reads {} only", path, readable),
                       instead);
}

void require_plain(const std::string& target) {
    if (target.ends_with(".gz")) {
        throw lacking(fmt::format("{}: compressing", target), "write it without .gz");
    }
}

}  // namespace dna_hnet::apps
