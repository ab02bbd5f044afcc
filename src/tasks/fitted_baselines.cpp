#include "tasks/fitted_baselines.hpp"

#include <fmt/format.h>

#include <array>
#include <mutex>

#include "core/error.hpp"
#include "core/log.hpp"
#include "evaluate/baseline_runner.hpp"
#include "evaluate/score_table.hpp"
#include "genome/segments.hpp"

namespace dna_hnet::tasks {
namespace {

using genome::Interval;

constexpr std::size_t kOrders = 13;
constexpr std::int64_t kAlwaysShown = 2;

std::int64_t choose_order(genome::Reference& reference, const baselines::BaselineSet& set,
                          const std::vector<Interval>& valid,
                          const evaluate::ReadingOptions& reading) {
    std::vector<Interval> segments;
    std::int64_t contig = -1;
    for (const Interval& interval : valid) {
        if (interval.contig == contig) continue;
        contig = interval.contig;
        const auto found = genome::find_segments(reference, contig);
        segments.insert(segments.end(), found.begin(), found.end());
    }
    // Whole units: the sum does not depend on the order in which threads add to it.
    std::array<std::int64_t, kOrders> units{};
    std::mutex mutex;
    evaluate::run_baselines(set, {reading.mode, reading.context, reading.threads, true}, reference,
                            segments, valid, genome::Strand::forward,
                            [&](const evaluate::BaselineValues& values) {
                                const auto length = static_cast<std::size_t>(values.piece.length());
                                std::array<std::int64_t, kOrders> own{};
                                for (std::size_t i = 0; i < values.bits.size(); ++i) {
                                    own[i / length] += evaluate::bits_to_units(values.bits[i]);
                                }
                                const std::lock_guard lock(mutex);
                                for (std::size_t order = 0; order < kOrders; ++order)
                                    units[order] += own[order];
                            });
    return baselines::best_order(std::vector<double>(units.begin(), units.end()));
}

}  // namespace

FittedBaselines fit_baselines(genome::Reference& reference, const genome::SplitTable& splits,
                              const evaluate::ReadingOptions& reading, bool all_orders) {
    if (splits.train.empty()) {
        throw input_error(
            fmt::format("{}: no training interval lies in it, so nothing can be counted",
                        reference.path()),
            "give the reference that the model was trained on, or leave --baselines out");
    }
    baselines::BaselineOptions options;
    options.threads = reading.threads;
    FittedBaselines fitted{baselines::BaselineSet::fit(reference, splits.train, options), {}, -1};
    if (genome::total_length(splits.valid) > 0) {
        fitted.best_order = choose_order(reference, fitted.set, splits.valid, reading);
        log_info(
            fmt::format("baselines: counted {} training bases; best order on {} validation "
                        "bases: {}",
                        genome::total_length(splits.train), genome::total_length(splits.valid),
                        fitted.best_order));
    } else {
        log_warning(
            "baselines: no validation bases to choose the best order on: every order is "
            "printed");
    }
    for (std::size_t row = 0; row < fitted.set.names().size(); ++row) {
        const auto order = static_cast<std::int64_t>(row);
        const bool shown = row >= kOrders || all_orders || fitted.best_order < 0 ||
                           order == fitted.best_order || order == kAlwaysShown;
        if (shown) fitted.rows.push_back(row);
    }
    return fitted;
}

}  // namespace dna_hnet::tasks
