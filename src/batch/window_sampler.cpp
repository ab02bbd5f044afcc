#include "batch/window_sampler.hpp"

#include <algorithm>

#include "core/error.hpp"
#include "core/random.hpp"

namespace dna_hnet::batch {

WindowSampler::WindowSampler(std::vector<genome::Interval> pieces, std::int64_t context,
                             double reverse_complement, std::uint64_t seed)
    : pieces_(std::move(pieces)),
      context_(context),
      reverse_complement_(reverse_complement),
      seed_(seed) {
    std::int64_t bases = 0;
    for (const auto& piece : pieces_) ends_.push_back(bases += piece.length());
    if (bases == 0)
        throw input_error("nothing to train on: the training intervals hold no A, C, G or T");
}

TrainingWindow WindowSampler::window(std::int64_t number) const {
    Random random(seed_, static_cast<std::uint64_t>(number));
    const auto base =
        static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(ends_.back())));
    const auto place = std::upper_bound(ends_.begin(), ends_.end(), base) - ends_.begin();
    const genome::Interval& piece = pieces_[static_cast<std::size_t>(place)];
    TrainingWindow window{piece};
    if (piece.length() > context_) {
        const auto starts = static_cast<std::uint64_t>(piece.length() - context_ + 1);
        window.interval.begin = piece.begin + static_cast<std::int64_t>(random.below(starts));
        window.interval.end = window.interval.begin + context_;
    }
    if (random.chance(reverse_complement_)) window.strand = genome::Strand::reverse;
    return window;
}

double WindowSampler::mean_length() const {
    double sum = 0;
    for (const genome::Interval& piece : pieces_) {
        sum += static_cast<double>(piece.length()) *
               static_cast<double>(std::min(piece.length(), context_));
    }
    return sum / static_cast<double>(ends_.back());
}

}  // namespace dna_hnet::batch
