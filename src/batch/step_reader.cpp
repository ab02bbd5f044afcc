#include "batch/step_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "core/error.hpp"
#include "genome/segments.hpp"

namespace dna_hnet::batch {
namespace {

using genome::Base;
using genome::Interval;

constexpr std::int64_t kScanBases = 1 << 20;

std::set<std::int64_t> contigs_of(const std::vector<Interval>& intervals) {
    std::set<std::int64_t> contigs;
    for (const Interval& interval : intervals) contigs.insert(interval.contig);
    return contigs;
}

// Stops reading as soon as 1 % is reached.
void require_lower_case(genome::Reference& reference, std::int64_t number) {
    const genome::Contig& contig = reference.contigs()[static_cast<std::size_t>(number)];
    std::int64_t lower = 0;
    for (std::int64_t begin = 0; begin < contig.length; begin += kScanBases) {
        const auto bases =
            reference.fetch({number, begin, std::min(begin + kScanBases, contig.length)});
        lower += std::count_if(bases.begin(), bases.end(), genome::is_soft_masked);
        if (lower * 100 >= contig.length) return;
    }
    throw usage_error(
        fmt::format("--softmask-weight: training contig {} of {} has {:.2f} % lower case, expected "
                    "at least 1 %",
                    contig.name, reference.path(),
                    100.0 * static_cast<double>(lower) / static_cast<double>(contig.length)),
        "Give the repeats with --repeats BED, or train without a soft-mask weight.");
}

// The soft-mask bit of every base from `repeats`, in place of the FASTA's case.
void mask_repeats(std::vector<Base>& bases, const Interval& at,
                  const std::vector<Interval>& repeats) {
    for (Base& base : bases) base = static_cast<Base>(base & ~genome::kSoftMasked);
    auto repeat = std::upper_bound(
        repeats.begin(), repeats.end(), at, [](const Interval& window, const Interval& r) {
            return std::pair(window.contig, window.begin) < std::pair(r.contig, r.end);
        });
    for (; repeat != repeats.end() && repeat->contig == at.contig && repeat->begin < at.end;
         ++repeat) {
        const std::int64_t end = std::min(repeat->end, at.end);
        for (std::int64_t i = std::max(repeat->begin, at.begin); i < end; ++i) {
            Base& base = bases[static_cast<std::size_t>(i - at.begin)];
            base = static_cast<Base>(base | genome::kSoftMasked);
        }
    }
}

}  // namespace

std::vector<Interval> without_gaps(genome::Reference& reference,
                                   const std::vector<Interval>& intervals) {
    std::vector<Interval> segments;
    for (const std::int64_t contig : contigs_of(intervals)) {
        const auto found = genome::find_segments(reference, contig);
        segments.insert(segments.end(), found.begin(), found.end());
    }
    return genome::intersection(intervals, segments);
}

StepReader::StepReader(genome::Reference& reference, const std::vector<Interval>& train_intervals,
                       const config::TrainConfig& config, genome::Vocabulary vocabulary,
                       std::optional<std::vector<Interval>> repeats, bool fill)
    : reference_(reference.clone()),
      vocabulary_(vocabulary),
      rule_{config.softmask_weight},
      windows_(config.batch_bases / config.context),
      accumulate_(config.accumulate) {
    if (windows_ < 1 || config.batch_bases % config.context != 0) {
        throw usage_error(
            fmt::format("--batch-bases: got {}, expected a multiple of --context ({})",
                        config.batch_bases, config.context),
            fmt::format("For example {}.", std::max<std::int64_t>(windows_, 1) * config.context));
    }
    if (repeats) {
        repeats_ = genome::merged(std::move(*repeats));
    } else if (config.softmask_weight != 1) {
        for (const std::int64_t contig : contigs_of(train_intervals))
            require_lower_case(*reference_, contig);
    }
    std::vector<Interval> pieces = without_gaps(*reference_, train_intervals);
    std::erase_if(pieces,
                  [&](const Interval& piece) { return !has_known_base(*reference_, piece); });
    sampler_.emplace(std::move(pieces), config.context, config.reverse_complement,
                     static_cast<std::uint64_t>(config.seed));
    if (fill) {
        windows_ = std::max<std::int64_t>(
            windows_,
            std::llround(static_cast<double>(config.batch_bases) / sampler_->mean_length()));
    }
}

std::vector<Base> StepReader::bases_of(const TrainingWindow& window) {
    auto bases = reference_->fetch(window.interval);
    if (repeats_) mask_repeats(bases, window.interval, *repeats_);
    if (window.strand == genome::Strand::reverse) {
        genome::reverse_complement(bases.data(), static_cast<std::int64_t>(bases.size()));
    }
    return bases;
}

StepBatch StepReader::read(std::int64_t step) {
    StepBatch result;
    result.step = step;
    std::int64_t number = step * windows_per_step();
    for (std::int64_t micro = 0; micro < accumulate_; ++micro) {
        TokenBatch batch;
        for (std::int64_t i = 0; i < windows_; ++i) {
            append_sequence(batch, bases_of(sampler_->window(number++)), vocabulary_, rule_);
        }
        result.total_weight += batch.total_weight;
        result.bases += batch.tokens();
        result.micro_batches.push_back(std::move(batch));
    }
    return result;
}

}  // namespace dna_hnet::batch
