#include "evaluate/baseline_runner.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>

#include "core/signals.hpp"

namespace dna_hnet::evaluate {
namespace {

void score_sequence(const baselines::BaselineSet& set, bool orders_only,
                    genome::Reference& reference, const PlannedSequence& sequence,
                    const std::function<void(const BaselineValues&)>& sink) {
    auto bases = reference.fetch(sequence.read);
    const auto length = static_cast<std::int64_t>(bases.size());
    const bool reverse = sequence.strand == genome::Strand::reverse;
    if (reverse) genome::reverse_complement(bases.data(), length);
    const genome::Interval& read = sequence.read;
    set.score_blocks(
        bases.data(), length, orders_only,
        [&](std::int64_t first, std::int64_t count, const std::vector<float>& bits) {
            throw_if_stopped();
            const std::int64_t begin = reverse ? read.end - first - count : read.begin + first;
            const genome::Interval block{read.contig, begin, begin + count};
            for (const genome::Interval& piece : genome::intersection(sequence.pieces, {block})) {
                BaselineValues values{piece, {}};
                for (std::size_t row = 0; row * static_cast<std::size_t>(count) < bits.size();
                     ++row) {
                    const float* const from = bits.data() + row * static_cast<std::size_t>(count);
                    for (std::int64_t at = piece.begin; at < piece.end; ++at) {
                        values.bits.push_back(reverse ? from[block.end - 1 - at]
                                                      : from[at - block.begin]);
                    }
                }
                sink(values);
            }
        });
}

}  // namespace

void run_baselines(const baselines::BaselineSet& set, const BaselineRun& run,
                   genome::Reference& reference, const std::vector<genome::Interval>& segments,
                   const std::vector<genome::Interval>& regions, genome::Strand strand,
                   const std::function<void(const BaselineValues&)>& sink) {
    const auto plan =
        plan_sequences(run.mode, run.context, reference.contigs(), segments, regions, strand);
    std::atomic<std::size_t> next{0};
    std::mutex mutex;
    std::exception_ptr error;
    const auto work = [&](genome::Reference& own) {
        try {
            for (std::size_t i = next++; i < plan.size(); i = next++) {
                throw_if_stopped();
                score_sequence(set, run.orders_only, own, plan[i], sink);
            }
        } catch (...) {
            const std::lock_guard lock(mutex);
            if (!error) error = std::current_exception();
            next = plan.size();
        }
    };
    const auto count = std::min<std::size_t>(static_cast<std::size_t>(run.threads), plan.size());
    std::vector<std::unique_ptr<genome::Reference>> references;
    for (std::size_t i = 1; i < count; ++i) references.push_back(reference.clone());
    {
        std::vector<std::jthread> threads;
        for (auto& own : references) threads.emplace_back([&work, &own] { work(*own); });
        work(reference);
    }
    if (error) std::rethrow_exception(error);
}

}  // namespace dna_hnet::evaluate
