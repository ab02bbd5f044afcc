#include "train/validation.hpp"

#include <algorithm>

#include "core/signals.hpp"
#include "genome/segments.hpp"

namespace dna_hnet::train {
namespace {

using genome::Interval;
using genome::Sequence;

std::vector<Sequence> all_sequences(genome::Reference& reference,
                                    const std::vector<Interval>& intervals, std::int64_t context) {
    const auto grid = genome::window_grid(context);
    std::vector<Sequence> sequences;
    std::vector<Interval> segments;
    std::int64_t contig = -1;
    for (const Interval& interval : intervals) {
        if (interval.contig != contig)
            segments = genome::find_segments(reference, contig = interval.contig);
        const std::int64_t length = reference.contigs()[static_cast<std::size_t>(contig)].length;
        for (Sequence sequence :
             genome::window_sequences(grid, interval, length, segments, genome::Strand::forward)) {
            sequence.yields.begin = std::max(sequence.yields.begin, interval.begin);
            sequence.yields.end = std::min(sequence.yields.end, interval.end);
            if (genome::has_known_base(reference, sequence.yields)) sequences.push_back(sequence);
        }
    }
    return sequences;
}

// About `bases` yielded bases: every so many windows.
std::vector<Sequence> evenly_spaced(const std::vector<Sequence>& all, std::int64_t bases) {
    std::int64_t total = 0;
    for (const Sequence& sequence : all) total += sequence.yields.length();
    if (bases == 0 || total <= bases) return all;
    const auto windows = static_cast<std::int64_t>(all.size());
    const std::int64_t wanted = std::max<std::int64_t>(1, windows * bases / total);
    std::vector<Sequence> chosen;
    for (std::int64_t i = 0; i < wanted; ++i)
        chosen.push_back(all[static_cast<std::size_t>(i * windows / wanted)]);
    return chosen;
}

}  // namespace

ValidationSet::ValidationSet(genome::Reference& reference, const std::vector<Interval>& intervals,
                             const config::TrainConfig& config, genome::Vocabulary vocabulary)
    : reference_(reference.clone()), batch_bases_(config.batch_bases), vocabulary_(vocabulary) {
    sequences_ =
        evenly_spaced(all_sequences(*reference_, intervals, config.context), config.eval_bases);
    for (const Sequence& sequence : sequences_) bases_ += sequence.yields.length();
}

batch::TokenBatch ValidationSet::read(genome::Reference& reference, std::size_t begin,
                                      std::size_t end) const {
    batch::TokenBatch batch;
    for (std::size_t i = begin; i < end; ++i) {
        const Sequence& sequence = sequences_[i];
        const std::int64_t origin = sequence.read.begin;
        // Nothing behind the last scored base is needed.
        const auto bases = reference.fetch({sequence.read.contig, origin, sequence.yields.end});
        batch::append_sequence(batch, bases, vocabulary_, {}, sequence.yields.begin - origin,
                               sequence.yields.end - origin);
    }
    return batch;
}

StepStatistics ValidationSet::evaluate(Replicas& replicas) const {
    std::vector<std::size_t> begins{0};  // of batches of at most batch_bases_, one window at least
    std::int64_t filled = 0;
    for (std::size_t i = 0; i < sequences_.size(); ++i) {
        const std::int64_t length = sequences_[i].read.length();
        if (filled > 0 && filled + length > batch_bases_) {
            begins.push_back(i);
            filled = 0;
        }
        filled += length;
    }
    begins.push_back(sequences_.size());
    const std::size_t batches = begins.size() - 1;
    std::vector<StepStatistics> parts(batches);
    replicas.run(replicas.size(), [&](int replica) {
        const auto own = reference_->clone();
        for (auto b = static_cast<std::size_t>(replica); b < batches;
             b += static_cast<std::size_t>(replicas.size())) {
            throw_if_stopped();
            parts[b] =
                forward_statistics(replicas.model(replica), read(*own, begins[b], begins[b + 1]));
        }
    });
    StepStatistics sum;
    for (const StepStatistics& part : parts) add_statistics(sum, part);
    return sum;
}

}  // namespace dna_hnet::train
