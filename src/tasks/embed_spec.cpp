#include "tasks/embed_spec.hpp"

#include <fmt/format.h>

#include "config/model_config.hpp"
#include "core/digest.hpp"
#include "core/error.hpp"
#include "core/log.hpp"
#include "tasks/settings.hpp"

namespace dna_hnet::tasks {
namespace {

using genome::Strand;

constexpr double kLargeBytes = 1e10;

}  // namespace

// The number of chunks is known at the end only: the target ratios say about how many.
void check_embed_size(const EmbedRequest& request, const model::Checkpoint& checkpoint,
                      std::int64_t columns) {
    double rows = 0;
    for (const NamedRegion& region : request.regions) {
        rows += request.level == Level::region ? 1 : static_cast<double>(region.place.length());
    }
    if (request.level == Level::chunk) {
        const auto& ratios = checkpoint.train_config.target_ratio;
        for (std::int64_t stage = 0; stage <= request.vectors.stage; ++stage) {
            rows /= ratios.empty() ? 3 : ratios.at(static_cast<std::size_t>(stage));
        }
        rows *= static_cast<double>(request.strands.size());
    }
    const double bytes = rows * static_cast<double>(columns) * (request.half ? 2 : 4);
    const std::string size =
        fmt::format("{}{:.0f} rows of {} numbers, {:.1f} MB before compression",
                    request.level == Level::chunk ? "about " : "", rows, columns, bytes / 1e6);
    log_info("embed: " + size);
    if (bytes > kLargeBytes && !request.force) {
        throw usage_error(fmt::format("{}: {}", request.output, size),
                          "more than 10 GB: --force writes them all the same");
    }
}

embedding_store::EmbeddingSpec embedding_spec(const EmbedRequest& request,
                                              const model::Checkpoint& checkpoint,
                                              const evaluate::ReadingOptions& reading,
                                              const genome::Reference& reference,
                                              std::int64_t columns) {
    const auto name = [](const char* const* names, auto value) {
        return std::string(names[static_cast<int>(value)]);
    };
    static const char* const kLevels[] = {"base", "chunk", "region"};
    static const char* const kLayers[] = {"encoder", "main", "decoder"};
    static const char* const kPools[] = {"mean", "last", "max"};
    embedding_store::EmbeddingSpec spec;
    spec.layout = request.layout;
    spec.half = request.half;
    spec.columns = columns;
    spec.stage = request.vectors.stage;
    for (std::int64_t i = 0; i < spec.columns; ++i) {
        spec.column_names.push_back(fmt::format("dim{}", i));
    }
    spec.contigs = reference.contigs();
    for (const NamedRegion& region : request.regions) {
        spec.region_names.push_back(region.name.empty() ? "." : region.name);
    }
    std::string strand = request.strands.size() == 2             ? "both"
                         : request.strands[0] == Strand::forward ? "forward"
                                                                 : "reverse";
    spec.attributes = {{"level", name(kLevels, request.level)},
                       {"layer", name(kLayers, request.vectors.layer)},
                       {"stage", fmt::format("{}", request.vectors.stage)},
                       {"pooling", name(kPools, request.pool)},
                       {"strand", std::move(strand)},
                       {"mode", reading.mode == evaluate::Mode::carry ? "carry" : "windows"},
                       {"context", fmt::format("{}", reading.context)},
                       {"coordinates", "0-based half-open"},
                       {"model_sha256", checkpoint.fingerprint},
                       {"model_config_json", config::to_json(checkpoint.model_config).dump()},
                       {"reference_sha256", genome::reference_fingerprint(reference.contigs())}};
    if (reading.attention_window) {
        spec.attributes.emplace_back("attention_window",
                                     fmt::format("{}", *reading.attention_window));
    }
    if (request.provenance.enabled) {
        spec.attributes.emplace_back("tool_version", version());
        spec.attributes.emplace_back("command", request.provenance.command);
    }
    return spec;
}

std::string embed_signature(genome::Reference& reference, const EmbedRequest& request,
                            const embedding_store::EmbeddingSpec& spec) {
    std::string text;
    for (const auto& [name, value] : spec.attributes) {
        if (name != "command") text += name + "=" + value + "\n";
    }
    std::vector<genome::Interval> places;
    Digest digest(Digest::Kind::sha256);
    for (const NamedRegion& region : request.regions) {
        const std::string row = fmt::format("{}\t{}\t{}\t{}\n", region.place.contig,
                                            region.place.begin, region.place.end, region.name);
        digest.update(row.data(), row.size());
        places.push_back(region.place);
    }
    return text + fmt::format("bases={}\nregions={}\nhalf={}\n", digest_of_bases(reference, places),
                              digest.hex(), request.half);
}

}  // namespace dna_hnet::tasks
