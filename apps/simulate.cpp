// dna-hnet simulate
#include "simulate/simulate.hpp"

#include <fmt/format.h>

#include "command.hpp"
#include "core/log.hpp"
#include "shared_options.hpp"
#include "tasks/simulate_files.hpp"

namespace dna_hnet::apps {

void add_simulate(Program& program) {
    struct Flags {
        std::int64_t length = 1'000'000;
        std::uint64_t seed = 1;
        std::string folder;
    };
    auto flags = std::make_shared<Flags>();
    CLI::App* const command = program.add_command(
        "simulate", "makes a genome with planted genes, repeats and CpG islands, and its truth",
        "dna-hnet simulate --length 1000000 --seed 1 -o simulated", [&program, flags] {
            require_option(flags->folder, "-o/--output");
            tasks::require_replaceable(flags->folder);
            const auto genome =
                simulate::simulate_genome(flags->length, flags->seed, program.threads());
            tasks::write_simulation(genome, flags->length, flags->seed, flags->folder,
                                    program.provenance());
            log_info(fmt::format("simulate: {}: {} contigs, {} features, {} variants",
                                 flags->folder, genome.contigs.size(), genome.features.size(),
                                 genome.variants.size()));
        });
    command->add_option("--length", flags->length, "bases in all")->capture_default_str();
    command->add_option("--seed", flags->seed, "random numbers")->capture_default_str();
    command->add_option("-o,--output", flags->folder, "folder of the files");
}

}  // namespace dna_hnet::apps
