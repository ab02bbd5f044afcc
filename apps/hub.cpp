// dna-hnet hub
#include "tracks/hub.hpp"

#include <fmt/format.h>

#include <filesystem>

#include "command.hpp"
#include "core/error.hpp"
#include "core/log.hpp"
#include "shared_options.hpp"

namespace dna_hnet::apps {
namespace {

struct HubFlags {
    GenomeOptions genome;
    std::vector<std::string> tracks;
    std::string name, label, email, folder;
    bool link = false;
};

// genome.fa.gz -> genome
std::string assembly_name(std::filesystem::path fasta) {
    if (fasta.extension() == ".gz") fasta = fasta.stem();
    return tracks::word_of(fasta.stem().string(), "._-");
}

void run_hub(const Program& program, const HubFlags& flags) {
    require_option(flags.folder, "-o/--output");
    if (flags.folder == "-") throw usage_error("-o -: a hub is a folder");
    tracks::HubRequest request;
    request.folder = flags.folder;
    tracks::require_hub_replaceable(request.folder);
    const auto reference = flags.genome.open();
    const auto described =
        tracks::describe_tracks({flags.tracks.begin(), flags.tracks.end()}, *reference);
    request.genome = flags.name;
    if (request.genome.empty()) {
        request.genome = assembly_name(reference->path());
        log_warning(fmt::format(
            "--genome is not given: the hub is for assembly '{}', by the FASTA's name; UCSC shows "
            "it only where that is its own name of the assembly, as hg38",
            request.genome));
    }
    request.label = flags.label.empty() ? "dna-hnet " + request.genome : flags.label;
    request.email = flags.email;
    if (request.email.empty()) {
        request.email = "unknown@example.org";
        log_warning("--email is not given: UCSC asks that a public hub names a reachable address");
    }
    request.link = flags.link;
    request.provenance = program.provenance();
    tracks::write_hub(request, *reference, described);
    log_info(fmt::format("hub: {}: {} tracks {}", flags.folder, described.size(),
                         flags.link ? "linked" : "copied"));
}

}  // namespace

void add_hub(Program& program) {
    auto flags = std::make_shared<HubFlags>();
    CLI::App* const command = program.add_command(
        "hub", "makes a UCSC track hub and an IGV session of bigWig and bigBed tracks",
        "dna-hnet hub -f hg38.fa --tracks out/*.bb out/*.bw --genome hg38 --email me@lab.org "
        "-o hub",
        [&program, flags] { run_hub(program, *flags); });
    flags->genome.add_to(*command, false);
    command->add_option("--tracks", flags->tracks,
                        "files of boundaries (with --formats bigbed) and of score --tracks");
    command->add_option("--genome", flags->name,
                        "UCSC's name of the assembly; default: the FASTA's name");
    command->add_option("--label", flags->label, "title of the hub");
    command->add_option("--email", flags->email, "whom users of the hub may ask");
    command->add_flag("--link", flags->link, "hard links to the tracks, not copies");
    command->add_option("-o,--output", flags->folder, "folder of the hub");
}

}  // namespace dna_hnet::apps
