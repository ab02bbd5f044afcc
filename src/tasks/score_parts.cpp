#include "tasks/score_parts.hpp"

#include <fmt/format.h>

#include "core/atomic_file.hpp"
#include "core/error.hpp"
#include "hts/bgzf_text.hpp"
#include "tasks/merge.hpp"
#include "tasks/parts_folder.hpp"
#include "tasks/score_setup.hpp"
#include "tasks/settings.hpp"

namespace dna_hnet::tasks {
namespace {

using genome::Interval;

std::string signature(genome::Reference& reference, const ScorePartsRequest& request,
                      const ScoreSetup& setup) {
    const ScoreTableRequest& table = request.score.table;
    const Provenance whole = setup.complete(table.provenance);
    std::string text = fmt::format(
        "score\nmodel={}\nreference={}\nbases={}\n{}\nbaselines={} "
        "{}\nprecision={}\nlogo={}\nprovenance={}\n",
        whole.model_fingerprint, whole.reference_fingerprint,
        digest_of_bases(reference, table.regions), whole.settings, request.score.baselines,
        request.score.all_orders, request.tracks.precision, request.tracks.logo, whole.enabled);
    text += signature_of(table.strands);
    if (table.regions) text += signature_of("regions", *table.regions);
    for (const BaseClass& klass : table.classes) {
        text += signature_of("class " + klass.name, klass.forward) +
                signature_of("class " + klass.name, klass.reverse);
    }
    return text;
}

}  // namespace

void score_in_parts(genome::Reference& reference, const ScorePartsRequest& request) {
    const ScoreRequest& score = request.score;
    if (score.table.by_bases || !score.table.by_intervals.empty()) {
        throw usage_error("--resume and --by exclude each other",
                          "rows by interval need no parts: ask for them in a run of their own");
    }
    for (const std::string& table : {request.output, request.blocks}) {  // written at the end
        if (!table.empty() && table != "-") require_parent_folder(table);
    }
    ScoreSetup setup(reference, score.model, score.reading, score.baselines, score.all_orders);
    setup.sources().entropy = true;
    warn_of_empty_classes(score.table.classes, score.table.regions, score.table.strands);
    PartsFolder parts(request.tracks.prefix + ".score.parts", signature(reference, request, setup));
    const Provenance provenance = setup.complete(score.table.provenance);
    std::vector<std::string> blocks;
    const auto stems = work_by_contig(
        parts, reference, score.table.regions,
        [&](const std::string& stem, const std::vector<Interval>& regions) {
            ScoreTracksRequest tracks = request.tracks;
            tracks.prefix = stem;
            ScoreTracks files(tracks);
            hts::TextWriter sums(stem + "-blocks.tsv", hts::TextWriter::Index::none);
            ScoreTableRequest table = score.table;
            table.regions = regions;
            table.provenance = provenance;
            table.tracks = &files;
            table.output = [](std::string_view) {};
            table.blocks = [&](std::string_view text) { sums.write(text); };
            write_score_table(reference, setup.sources(), setup.reading(), &setup.splits(), table);
            sums.close();
        });
    for (const std::string& stem : stems) blocks.push_back(stem + "-blocks.tsv");
    MergeRequest joined;
    joined.reference = &reference;
    joined.regions = score.table.regions;
    joined.provenance = score.table.provenance;
    joined.inputs = stems;
    joined.output = request.tracks.prefix;
    MergeRequest table = joined;
    table.inputs = blocks;
    table.output = request.output;
    table.sums = request.blocks;
    merge({joined, table});
    parts.remove();
}

}  // namespace dna_hnet::tasks
