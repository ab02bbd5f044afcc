#pragma once
// The options of `score` that write browser tracks.
#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <utility>

#include "core/atomic_group.hpp"
#include "core/error.hpp"
#include "shared_options.hpp"
#include "tasks/scored_pieces.hpp"
#ifdef DNA_HNET_IO
#include "tasks/score_tracks.hpp"
#else
#include "without_io.hpp"
#endif

namespace dna_hnet::apps {

// Browser tracks need a build with htslib and HDF5.
#ifdef DNA_HNET_IO
struct TrackFlags {
    tasks::ScoreTracksRequest request;
    bool resume = false;

    void add_to(CLI::App& command) {
        command.add_option("--tracks", request.prefix,
                           "PREFIX of bigWig files: bits per base and entropy by strand, and the "
                           "bits' mean of both strands");
        command
            .add_option("--precision", request.precision,
                        "bits: values of the tracks are rounded to multiples of it; 0: not at all")
            ->capture_default_str();
        command.add_flag("--logo", request.logo,
                         "with --tracks: 2 - bits as well, which browsers draw as letters");
        command.add_flag(
            "--resume", resume,
            "with --tracks, contig by contig: keep what is finished in PREFIX.score.parts, "
            "and go on from it");
    }
    std::unique_ptr<tasks::PieceSink> open(AtomicGroup& outputs) const {
        if (request.prefix.empty()) {
            for (const auto& [name, given] :
                 {std::pair("--logo", request.logo),
                  {"--precision", request.precision != tasks::ScoreTracksRequest().precision},
                  {"--resume", resume}}) {
                if (!given) continue;
                throw usage_error(std::string(name) + ": belongs to --tracks, which is not given");
            }
            return nullptr;
        }
        require_prefix("--tracks", request.prefix, "score");
        tasks::ScoreTracksRequest named = request;
        named.outputs = &outputs;
        return std::make_unique<tasks::ScoreTracks>(named);
    }
};
#else
struct TrackFlags {
    void add_to(CLI::App& command) {
        for (const char* name :
             {"--tracks", "--precision", "--logo", "--resume", "--reads", "--reads-out"}) {
            add_lacking_option(command, name, "");
        }
    }
    std::unique_ptr<tasks::PieceSink> open(AtomicGroup&) const { return nullptr; }
};
#endif

}  // namespace dna_hnet::apps
