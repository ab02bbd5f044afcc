// dna-hnet cache
#include <fmt/format.h>

#include "command.hpp"
#include "core/error.hpp"
#include "core/log.hpp"
#include "genome/genome_cache.hpp"
#include "shared_options.hpp"

namespace dna_hnet::apps {
namespace {

void run_cache(const GenomeOptions& genome, const std::string& target) {
    require_option(target, "-o/--output");
    if (target.size() < 5 || target.compare(target.size() - 4, 4, ".dhg") != 0) {
        throw usage_error(fmt::format(
            "-o {}: expected a name that ends in .dhg, by which a cache is known", target));
    }
    const auto reference = genome.open();
    genome::GenomeCache::write(*reference, target);
    std::int64_t bases = 0;
    for (const auto& contig : reference->contigs()) bases += contig.length;
    log_info(
        fmt::format("cache: {}: {} contigs, {} bases", target, reference->contigs().size(), bases));
}

}  // namespace

void add_cache(Program& program) {
    struct Flags {
        GenomeOptions genome;
        std::string target;
    };
    auto flags = std::make_shared<Flags>();
    CLI::App* const command =
        program.add_command("cache", "writes a memory-mapped genome for fast random windows",
                            "dna-hnet cache -f genome.fa.gz -o genome.dhg",
                            [flags] { run_cache(flags->genome, flags->target); });
    flags->genome.add_to(*command, false);
    command->add_option("-o,--output", flags->target, "genome cache, .dhg");
}

}  // namespace dna_hnet::apps
