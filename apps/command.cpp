#include "command.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <thread>

#include "core/error.hpp"
#include "tasks/machine.hpp"

namespace dna_hnet::apps {
namespace {

constexpr std::int64_t kMostThreads = 65536;
constexpr const char* kConfigVariable = "DNA_HNET_CONFIG";

}  // namespace

CLI::App* Program::add_command(const std::string& name, const std::string& description,
                               const std::string& example, std::function<void()> run) {
    CLI::App* const command = parser_.add_subcommand(name, description);
    command->footer("Example:\n  " + example);
    commands_.emplace(name, std::move(run));
    return command;
}

// CLI11 reads variables after it has read the configuration file: too late for --config itself.
void Program::parse(int argc, char** argv) {
    std::vector<std::string> words(argv + 1, argv + argc);
    const bool given = std::any_of(words.begin(), words.end(), [](const std::string& word) {
        return word == "--config" || word.starts_with("--config=");
    });
    const char* const file = std::getenv(kConfigVariable);
    if (file && *file && !given) words.insert(words.begin(), {"--config", file});
    std::reverse(words.begin(), words.end());  // as CLI11 takes them
    parser_.parse(std::move(words));
}

int Program::threads() const {
    if (common.threads == 0)
        return static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
    if (common.threads < 0 || common.threads > kMostThreads) {
        throw usage_error(
            fmt::format("--threads: got {}, expected a whole number of at most {}, 0 for one per "
                        "processor",
                        common.threads, kMostThreads));
    }
    return static_cast<int>(common.threads);
}

std::string Program::device() const {
    if (common.dtype != "auto" && common.dtype != "fp32") {
        throw usage_error(fmt::format(
            "--dtype: got '{}', expected auto or fp32: this version computes in float32",
            common.dtype));
    }
    return tasks::resolve_device(common.device);
}

Provenance Program::provenance() const {
    Provenance provenance;
    provenance.enabled = !common.no_version;
    provenance.command = command_line_;
    return provenance;
}

void add_common_options(Program& program) {
    CLI::App& parser = program.parser();
    CommonOptions& common = program.common;
    parser.add_flag("-v,--verbose", common.verbose, "say more; -vv and more: further details")
        ->envname("DNA_HNET_VERBOSE");
    parser.add_flag("-q,--quiet", common.quiet, "say nothing but errors")
        ->envname("DNA_HNET_QUIET");
    parser.add_option("-@,--threads", common.threads, "threads; 0 = one per processor")
        ->capture_default_str()
        ->envname("DNA_HNET_THREADS");
    parser.add_option("-x,--device", common.device, "auto, cpu or cuda")
        ->capture_default_str()
        ->envname("DNA_HNET_DEVICE");
    parser.add_option("--dtype", common.dtype, "auto or fp32")
        ->capture_default_str()
        ->envname("DNA_HNET_DTYPE");
    parser
        .add_flag("--no-version", common.no_version,
                  "leave version and command line out of what is written")
        ->envname("DNA_HNET_NO_VERSION");
    parser
        .set_config("--config", "",
                    "TOML file of options, a [section] per subcommand; the command line wins")
        ->envname(kConfigVariable);
}

}  // namespace dna_hnet::apps
