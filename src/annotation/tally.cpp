#include "annotation/tally.hpp"

#include <algorithm>
#include <limits>

namespace dna_hnet::annotation {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

std::int64_t piece_length(const ContigSignal& signal, std::int64_t piece) {
    return signal.pieces[static_cast<std::size_t>(piece)].length();
}

// Expected boundaries per base under rotation: the piece's own density.
double density(const ContigSignal& signal, std::int64_t piece) {
    const std::int64_t offset = signal.offsets[static_cast<std::size_t>(piece)];
    const std::int64_t length = piece_length(signal, piece);
    return static_cast<double>(signal.boundary.between(offset, offset + length)) /
           static_cast<double>(length);
}

// Calls run(from, length, done) for the one or two runs of a circle of `length` bases that shift by
// `shift` brings to [begin, begin + count).
template <class Run>
void for_runs(std::int64_t length, std::int64_t begin, std::int64_t count, std::int64_t shift,
              const Run& run) {
    const std::int64_t from = (begin - shift + length) % length;
    const std::int64_t first = std::min(count, length - from);
    run(from, first, std::int64_t{0});
    if (first < count) run(std::int64_t{0}, count - first, first);
}

}  // namespace

const char* null_name(Null null) {
    return null == Null::kmer6 ? "kmer6" : null == Null::rotate ? "rotate" : "control";
}

Tally::Tally(std::int64_t columns, std::int64_t rotations, std::int64_t blocks)
    : columns_(columns),
      rotations_(rotations),
      blocks_(blocks),
      counts_(static_cast<std::size_t>(columns * blocks)),
      boundary_(static_cast<std::size_t>(columns * rotations)),
      control_(boundary_.size()),
      rate_(boundary_.size()) {}

void Tally::add_sum(const ContigSignal& signal, std::int64_t piece, std::int64_t begin,
                    std::int64_t length, std::int64_t block,
                    const std::vector<std::int64_t>& shifts) {
    const std::int64_t offset = signal.offsets[static_cast<std::size_t>(piece)];
    Counts& c = counts(block, 0);
    const std::int64_t from = offset + begin;
    c.bases += length;
    c.boundary += signal.boundary.between(from, from + length);
    c.control += signal.control.between(from, from + length);
    c.rate += signal.rate.between(from, from + length);
    c.rotate += density(signal, piece) * static_cast<double>(length);
    for (std::size_t r = 0; r < shifts.size(); ++r) {
        for_runs(piece_length(signal, piece), begin, length, shifts[r],
                 [&](std::int64_t at, std::int64_t count, std::int64_t) {
                     const std::int64_t first = offset + at;
                     boundary_[r] += signal.boundary.between(first, first + count);
                     control_[r] += signal.control.between(first, first + count);
                     rate_[r] += signal.rate.between(first, first + count);
                 });
    }
}

void Tally::add_run(const ContigSignal& signal, std::int64_t from, std::int64_t length,
                    std::size_t to) {
    const auto first = static_cast<std::size_t>(from);
    for (std::size_t i = 0; i < static_cast<std::size_t>(length); ++i) {
        boundary_[to + i] += signal.boundary[first + i];
        control_[to + i] += signal.control[first + i];
        rate_[to + i] += static_cast<double>(signal.rate[first + i]);
    }
}

void Tally::add_each(const ContigSignal& signal, std::int64_t piece, std::int64_t begin,
                     std::int64_t length, std::int64_t column, std::int64_t block,
                     const std::vector<std::int64_t>& shifts) {
    const std::int64_t offset = signal.offsets[static_cast<std::size_t>(piece)];
    const double per_base = density(signal, piece);
    for (std::int64_t i = 0; i < length; ++i) {
        Counts& c = counts(block, column + i);
        const auto at = static_cast<std::size_t>(offset + begin + i);
        ++c.bases;
        c.boundary += signal.boundary[at];
        c.control += signal.control[at];
        c.rate += static_cast<double>(signal.rate[at]);
        c.rotate += per_base;
    }
    for (std::size_t r = 0; r < shifts.size(); ++r) {
        const auto row = static_cast<std::int64_t>(r) * columns_ + column;
        for_runs(piece_length(signal, piece), begin, length, shifts[r],
                 [&](std::int64_t at, std::int64_t count, std::int64_t done) {
                     add_run(signal, offset + at, count, static_cast<std::size_t>(row + done));
                 });
    }
}

std::int64_t Tally::bases(std::int64_t column) const {
    std::int64_t sum = 0;
    for (std::int64_t b = 0; b < blocks_; ++b) {
        sum += counts_[static_cast<std::size_t>(b * columns_ + column)].bases;
    }
    return sum;
}

Outcome Tally::outcome(std::int64_t column, Null null, double factor,
                       const BlockBootstrap& bootstrap) const {
    std::vector<double> observed, expected;
    double sum = 0, null_sum = 0;
    Counts all;
    for (std::int64_t b = 0; b < blocks_; ++b) {
        const Counts& c = counts_[static_cast<std::size_t>(b * columns_ + column)];
        observed.push_back(static_cast<double>(c.boundary));
        expected.push_back(null == Null::kmer6    ? c.rate
                           : null == Null::rotate ? c.rotate
                                                  : factor * static_cast<double>(c.control));
        sum += observed.back();
        null_sum += expected.back();
        all.bases += c.bases;
        all.boundary += c.boundary;
        all.control += c.control;
        all.rate += c.rate;
    }
    if (all.bases == 0) return {0, 0, kNaN, kNaN, kNaN, kNaN, kNaN};
    const auto statistic = [&](std::int64_t boundary, std::int64_t control, double rate) {
        const auto count = static_cast<double>(boundary);
        if (null == Null::kmer6) return count - rate;
        return null == Null::rotate ? count : count - factor * static_cast<double>(control);
    };
    std::vector<double> draws;
    for (std::int64_t r = 0; r < rotations_; ++r) {
        const auto at = static_cast<std::size_t>(r * columns_ + column);
        draws.push_back(statistic(boundary_[at], control_[at], rate_[at]));
    }
    const NullTest test = two_sided_test(statistic(all.boundary, all.control, all.rate), draws);
    const auto range = bootstrap.log2_fold_range(observed, expected);
    return {sum, null_sum, log2_fold(sum, null_sum), range.low, range.high, test.z, test.p};
}

}  // namespace dna_hnet::annotation
