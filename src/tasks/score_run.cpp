#include "tasks/score_run.hpp"

#include <fmt/format.h>

#include <limits>
#include <map>

#include "core/error.hpp"
#include "core/log.hpp"
#include "core/progress.hpp"
#include "genome/segments.hpp"
#include "tasks/score_sums.hpp"

namespace dna_hnet::tasks {
namespace {

using genome::Interval;

void check(const ScoreTableRequest& request) {
    const bool by = request.by_bases || !request.by_intervals.empty();
    if (by && !request.classes.empty()) {
        throw usage_error("--by and --class exclude each other",
                          "rows by interval have the class all alone; run score twice");
    }
    if (by && request.blocks) {
        throw usage_error("--by and --blocks exclude each other",
                          "rows by interval need no sums of blocks to be joined");
    }
    if (request.by_bases && *request.by_bases < 1) {
        throw usage_error(
            fmt::format("--by: got {}, expected at least 1 or a BED", *request.by_bases));
    }
}

std::vector<IntervalSums::Named> named_intervals(const ScoreTableRequest& request,
                                                 const genome::Reference& reference) {
    const genome::ContigTable contigs(reference);
    std::vector<IntervalSums::Named> named;
    for (const genome::BedRecord& record : request.by_intervals) {
        named.push_back({genome::resolve(record, contigs, request.by_place), record.name});
    }
    return named;
}

// The regions asked for, else those of --by, else everything.
std::vector<Interval> regions_of(const ScoreTableRequest& request,
                                 const std::vector<IntervalSums::Named>& named,
                                 const genome::Reference& reference) {
    std::vector<Interval> by, regions;
    for (const auto& one : named) by.push_back(one.where);
    by = genome::merged(std::move(by));
    if (request.regions) {
        regions = genome::merged(*request.regions);
        return named.empty() ? regions : genome::intersection(regions, by);
    }
    if (!named.empty()) return by;
    for (std::size_t i = 0; i < reference.contigs().size(); ++i) {
        regions.push_back({static_cast<std::int64_t>(i), 0, reference.contigs()[i].length});
    }
    return genome::merged(std::move(regions));
}

std::vector<Interval> segments_of(genome::Reference& reference,
                                  const std::vector<Interval>& regions) {
    std::vector<Interval> segments;
    std::int64_t contig = -1;
    for (const Interval& region : regions) {
        if (region.contig == contig) continue;
        contig = region.contig;
        const auto found = genome::find_segments(reference, contig);
        segments.insert(segments.end(), found.begin(), found.end());
    }
    return segments;
}

void report(const ScoreTotals& totals, const ScoreSeconds& seconds, std::size_t strands,
            bool has_model) {
    log_info(fmt::format(
        "{:.4f} bits per base over {} bases; skipped: {} in gaps ({} or more N), {} other letters "
        "than A, C, G, T",
        totals.bits_per_base, totals.scored, totals.gaps, genome::kGapLength, totals.unknown));
    const auto read = static_cast<double>(totals.scored) * static_cast<double>(strands);
    const auto rate = [&](double time) { return time > 0 ? read / time : 0; };
    if (has_model) {
        log_info(fmt::format("dna-hnet: {:.0f} bases per second on {} strand{}, {:.1f} s",
                             rate(seconds.model), strands, strands == 1 ? "" : "s", seconds.model));
    }
    if (seconds.baselines > 0) {
        log_info(fmt::format("baselines: {:.0f} bases per second, {:.1f} s",
                             rate(seconds.baselines), seconds.baselines));
    }
}

// The contigs of the regions one by one, in the C order of their names.
std::vector<std::vector<Interval>> by_contig_name(const std::vector<Interval>& regions,
                                                  const std::vector<genome::Contig>& contigs) {
    std::map<std::string, std::vector<Interval>> by_name;
    for (const Interval& region : regions) {
        by_name[contigs[static_cast<std::size_t>(region.contig)].name].push_back(region);
    }
    std::vector<std::vector<Interval>> groups;
    for (auto& [name, group] : by_name) groups.push_back(std::move(group));
    return groups;
}

// Reads everything and hands the pieces on; counts what was scored.
class Totals {
  public:
    void add(const ScoredPiece& piece) {
        const auto sums = sum_bases(piece, -1, piece.where.begin, piece.where.end);
        scored += sums.scored;
        skipped += sums.skipped;
        units += sums.units[0];
    }
    ScoreTotals totals(std::int64_t gaps) const {
        ScoreTotals result{scored, gaps, skipped - gaps, std::numeric_limits<double>::quiet_NaN()};
        if (scored > 0) {
            result.bits_per_base =
                evaluate::kBitsUnit * static_cast<double>(units) / static_cast<double>(scored);
        }
        return result;
    }

  private:
    std::int64_t scored = 0, skipped = 0, units = 0;
};

}  // namespace

ScoreTotals write_score_table(genome::Reference& reference, const ScoreSources& sources,
                              const evaluate::ReadingOptions& reading,
                              const genome::SplitTable* splits, const ScoreTableRequest& request) {
    check(request);
    const auto named = named_intervals(request, reference);
    const std::vector<Interval> regions = regions_of(request, named, reference);
    const std::vector<Interval> segments = segments_of(reference, regions);
    const std::vector<Interval> universe = genome::intersection(regions, segments);
    const std::int64_t inside = genome::total_length(universe);
    require_bases(universe, genome::total_length(regions), reference);
    if (request.tracks) {
        request.tracks->open(reference.contigs(), universe, request.strands, request.provenance);
    }
    Progress progress(
        "score", genome::total_length(regions) * static_cast<std::int64_t>(request.strands.size()),
        "bp");
    PieceScorer scorer(reference, segments, sources, reading, request.strands);
    Totals totals;
    const auto run = [&](auto& sums) {
        const auto add = [&](const ScoredPiece& piece) {
            totals.add(piece);
            sums.add(piece);
            if (request.tracks) request.tracks->add(piece);
        };
        const auto groups = request.tracks || request.by_bases
                                ? by_contig_name(regions, reference.contigs())
                                : std::vector<std::vector<Interval>>{regions};
        for (const auto& group : groups) {
            scorer.run(group, add, [&](std::int64_t bases) { progress.update(bases); });
        }
        if (request.tracks) request.tracks->close();
    };
    if (request.by_bases || !named.empty()) {
        Provenance provenance = request.provenance;
        if (request.by_bases) provenance.settings += fmt::format(" by={}", *request.by_bases);
        IntervalSums sums(sources.models(), reference.contigs(), request.strands, request.output,
                          provenance);
        if (request.by_bases) sums.use_steps(*request.by_bases);
        if (!named.empty()) sums.use_intervals(named);
        run(sums);
        sums.finish();
    } else {
        SplitSums sums(sources.models(), table_classes(reference, universe, request.classes),
                       splits, request.strands);
        run(sums);
        formats::TsvWriter table(request.output, score_columns(), request.provenance);
        for (const auto& row : sums.table().rows()) write_score_row(table, row);
        if (request.blocks) {
            write_blocks(sums.table(), reference.contigs(), request.blocks, request.provenance);
        }
    }
    progress.finish();
    const ScoreTotals result = totals.totals(genome::total_length(regions) - inside);
    report(result, scorer.seconds(), request.strands.size(), sources.runner != nullptr);
    return result;
}

}  // namespace dna_hnet::tasks
