// dna-hnet inspect
#include "tasks/inspect.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "command.hpp"
#include "config/model_config.hpp"
#include "core/error.hpp"
#include "shared_options.hpp"

namespace dna_hnet::apps {

void add_inspect(Program& program) {
    struct Flags {
        tasks::InspectRequest request;
        bool json = false;
        std::string output = "-";
    };
    auto flags = std::make_shared<Flags>();
    CLI::App* const command = program.add_command(
        "inspect", "says what a model or preset is: parameters, FLOPs, memory, training record",
        "dna-hnet inspect --preset tiny --json", [flags] {
            const tasks::InspectRequest& request = flags->request;
            if (!request.model.empty() + !request.preset.empty() + !request.model_config.empty() !=
                1) {
                throw usage_error(
                    "inspect: expected one of --model, --preset and --model-config",
                    fmt::format("presets: {}", fmt::join(config::preset_names(), " ")));
            }
            const auto report = tasks::inspect(request);
            write_text(flags->output,
                       flags->json ? report.dump(2) + "\n" : tasks::inspect_text(report));
        });
    command->add_option("--model", flags->request.model,
                        "checkpoint, or run: then its best checkpoint");
    command->add_option("--preset", flags->request.preset,
                        fmt::format("one of {}", fmt::join(config::preset_names(), " ")));
    command->add_option("--model-config", flags->request.model_config, "JSON file of a model");
    command->add_option("--context", flags->request.context,
                        "bases, for FLOPs and memory [the training context]");
    command->add_flag("--json", flags->json, "as one JSON object");
    command->add_option("-o,--output", flags->output, "text file; - is standard output")
        ->capture_default_str();
}

}  // namespace dna_hnet::apps
