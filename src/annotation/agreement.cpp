#include "annotation/agreement.hpp"

#include <cmath>
#include <limits>
#include <numeric>

#include "annotation/annotate.hpp"
#include "core/signals.hpp"

namespace dna_hnet::annotation {
namespace {

using genome::Interval;

double sum(const std::vector<double>& counts) {
    return std::accumulate(counts.begin(), counts.end(), 0.0);
}

// `sums`: bases, boundaries of the first, of the second, of both, agreement expected from 6-mers.
// The kappa of tracks that agree on `agreed` bases.
double kappa_at(double agreed, const std::vector<double>& sums, Chance chance) {
    const double n = sums[0], first = sums[1], second = sums[2];
    const double expected =
        chance == Chance::kmer6 ? sums[4] : (first * second + (n - first) * (n - second)) / n;
    if (!(n > expected)) return std::numeric_limits<double>::quiet_NaN();
    return (agreed - expected) / (n - expected);
}

double kappa_of(const std::vector<double>& sums, Chance chance) {
    return kappa_at(sums[0] - sums[1] - sums[2] + 2 * sums[3], sums, chance);
}

std::size_t place_of(const ContigSignal& signal, std::int64_t base) {
    const std::int64_t piece = signal.piece_of(base);
    return static_cast<std::size_t>(signal.offsets[static_cast<std::size_t>(piece)] +
                                    signal.place_in(piece, base));
}

}  // namespace

Agreement::Agreement(std::int64_t blocks) {
    for (auto* counts : {&bases_, &first_, &second_, &both_, &kmer6_}) {
        counts->assign(static_cast<std::size_t>(blocks), 0);
    }
}

void Agreement::add(const ContigSignal& first, const ContigSignal& second, std::int64_t shift,
                    const std::int64_t* block) {
    std::vector<Interval> moved = second.pieces;
    for (Interval& piece : moved) {
        piece.begin += shift;
        piece.end += shift;
    }
    const bool up = first.strand == genome::Strand::forward;
    const bool other_up = second.strand == genome::Strand::forward;
    two_strands_ = two_strands_ || up != other_up;
    for (const Interval& place : genome::intersection(first.pieces, moved)) {
        throw_if_stopped();
        std::size_t i = place_of(first, place.begin), j = place_of(second, place.begin - shift);
        for (std::int64_t base = place.begin; base < place.end; ++base) {
            const auto b = static_cast<std::size_t>(block[base / kBlockLength]);
            const double rate = first.rate[i], other = second.rate[j];
            bases_[b] += 1;
            first_[b] += first.boundary[i];
            second_[b] += second.boundary[j];
            both_[b] += first.boundary[i] & second.boundary[j];
            kmer6_[b] += rate * other + (1 - rate) * (1 - other);
            most_kmer6_ += 1 - std::abs(rate - other);
            i = up ? i + 1 : i - 1;
            j = other_up ? j + 1 : j - 1;
        }
    }
}

std::int64_t Agreement::bases() const {
    return static_cast<std::int64_t>(sum(bases_));
}
std::int64_t Agreement::first() const {
    return static_cast<std::int64_t>(sum(first_));
}
std::int64_t Agreement::second() const {
    return static_cast<std::int64_t>(sum(second_));
}
std::int64_t Agreement::both() const {
    return static_cast<std::int64_t>(sum(both_));
}

std::vector<double> Agreement::sums() const {
    return {sum(bases_), sum(first_), sum(second_), sum(both_), sum(kmer6_)};
}

double Agreement::kappa(Chance chance) const {
    return kappa_of(sums(), chance);
}

double Agreement::most(Chance chance) const {
    if (chance == Chance::kmer6) {
        return two_strands_ ? std::numeric_limits<double>::quiet_NaN()
                            : kappa_at(most_kmer6_, sums(), chance);
    }
    return kappa_at(sum(bases_) - std::abs(sum(first_) - sum(second_)), sums(), chance);
}

BlockBootstrap::Range Agreement::range(Chance chance, const BlockBootstrap& bootstrap) const {
    return bootstrap.range({&bases_, &first_, &second_, &both_, &kmer6_},
                           [&](const std::vector<double>& sums) { return kappa_of(sums, chance); });
}

}  // namespace dna_hnet::annotation
