#include "evaluate/sequence_values.hpp"

#include <algorithm>

namespace dna_hnet::evaluate {
namespace {

using Boundary = SequenceValues::Boundary;

auto first_at(const std::vector<Boundary>& sorted, std::int64_t base) {
    return std::lower_bound(
        sorted.begin(), sorted.end(), base,
        [](const Boundary& boundary, std::int64_t place) { return boundary.base < place; });
}

}  // namespace

SequenceCollector::SequenceCollector(const PlannedSequence& planned, const Wanted& wanted,
                                     std::int64_t stages)
    : planned_(&planned),
      wanted_(wanted),
      stages_(static_cast<std::size_t>(wanted.boundaries ? stages : 0)) {}

std::int64_t SequenceCollector::cell_begin(std::int64_t cell) const {
    return cell == 0 ? 0 : std::min(tokens(), 1 + cell * kCellBases);
}

std::int64_t SequenceCollector::cells() const {
    return (length() + kCellBases - 1) / kCellBases;
}

genome::Interval SequenceCollector::place(std::int64_t first, std::int64_t last) const {
    const genome::Interval& read = planned_->read;
    if (planned_->strand == genome::Strand::forward) {
        return {read.contig, read.begin + first, read.begin + last};
    }
    return {read.contig, read.end - last, read.end - first};
}

void SequenceCollector::add_boundary(std::int64_t stage, std::int64_t base, float prob,
                                     bool boundary) {
    stages_[static_cast<std::size_t>(stage)].push_back({base, prob, boundary});
}

void SequenceCollector::add_vector(std::int64_t base, const float* begin, const float* end) {
    units_.push_back(base);
    vectors_.insert(vectors_.end(), begin, end);
}

std::size_t SequenceCollector::unit_of(std::int64_t base) const {
    const auto after = std::upper_bound(units_.begin(), units_.end(), base);
    return static_cast<std::size_t>(std::max<std::int64_t>(after - units_.begin() - 1, 0));
}

void SequenceCollector::add_runs(std::int64_t first, std::int64_t last,
                                 SequenceValues& values) const {
    if (units_.empty() || first == last) return;
    const std::size_t width = vectors_.size() / units_.size();
    const std::size_t begin = unit_of(first), end = unit_of(last - 1) + 1;
    const auto add = [&](std::size_t unit) {
        const std::int64_t from = std::max(units_[unit], first);
        const std::int64_t to = unit + 1 < end ? units_[unit + 1] : last;
        values.run_begins.push_back(place(from, to).begin);
        const auto row = vectors_.begin() + static_cast<std::int64_t>(unit * width);
        values.vectors.insert(values.vectors.end(), row, row + static_cast<std::int64_t>(width));
    };
    if (planned_->strand == genome::Strand::forward) {
        for (std::size_t unit = begin; unit < end; ++unit) add(unit);
    } else {
        for (std::size_t unit = end; unit-- > begin;) add(unit);
    }
}

std::int64_t SequenceCollector::first_base(const genome::Interval& piece) const {
    return planned_->strand == genome::Strand::forward ? piece.begin - planned_->read.begin
                                                       : planned_->read.end - piece.end;
}

SequenceValues SequenceCollector::values_of(const genome::Interval& piece) const {
    const bool reverse = planned_->strand == genome::Strand::reverse;
    const std::int64_t first = first_base(piece), last = first + piece.length();
    SequenceValues values;
    values.sequence = {planned_->read, piece, planned_->strand, planned_->window};
    const auto sliced = [&](const std::vector<float>& from) {
        std::vector<float> slice(from.begin() + (first - kept_), from.begin() + (last - kept_));
        if (reverse) std::reverse(slice.begin(), slice.end());
        return slice;
    };
    if (wanted_.bits) values.bits = sliced(bits_);
    if (wanted_.entropy) values.entropy = sliced(entropy_);
    if (wanted_.vectors) add_runs(first, last, values);
    for (const auto& stage : stages_) {
        std::vector<Boundary> slice(first_at(stage, first), first_at(stage, last));
        for (Boundary& boundary : slice) {
            boundary.base = place(boundary.base, boundary.base + 1).begin;
        }
        if (reverse) std::reverse(slice.begin(), slice.end());
        values.stages.push_back(std::move(slice));
    }
    return values;
}

void SequenceCollector::drop_before(std::int64_t base) {
    for (auto& stage : stages_) stage.erase(stage.begin(), first_at(stage, base));
    for (auto* values : {&bits_, &entropy_}) {
        const auto count = std::min(base - kept_, static_cast<std::int64_t>(values->size()));
        values->erase(values->begin(), values->begin() + count);
    }
    kept_ = base;
    if (units_.empty()) return;
    const std::size_t unit = unit_of(base), width = vectors_.size() / units_.size();
    units_.erase(units_.begin(), units_.begin() + static_cast<std::int64_t>(unit));
    vectors_.erase(vectors_.begin(), vectors_.begin() + static_cast<std::int64_t>(unit * width));
}

void SequenceCollector::cut(std::int64_t tokens_read,
                            const std::function<void(SequenceValues)>& push) {
    const bool reverse = planned_->strand == genome::Strand::reverse;
    const std::int64_t known = tokens_read - 1;  // every one of these bases has been read
    const auto& pieces = planned_->pieces;
    const auto next_piece = [&] {
        return reverse ? pieces[pieces.size() - 1 - done_] : pieces[done_];
    };
    while (done_ < pieces.size() && first_base(next_piece()) + next_piece().length() <= known) {
        SequenceValues values = values_of(next_piece());
        ++done_;
        if (reverse) {
            held_.push(std::move(values));
        } else {
            push(std::move(values));
        }
    }
    if (done_ < pieces.size()) {
        drop_before(std::min(known, first_base(next_piece())));
        return;
    }
    held_.hand_over(KeptValues::Order::last_to_first, push);
}

}  // namespace dna_hnet::evaluate
