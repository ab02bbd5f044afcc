#include "tasks/chunk_rows.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/error.hpp"

namespace dna_hnet::tasks {
namespace {

using genome::Interval;

// Bases read past a region at first: most chunks are far shorter.
constexpr std::int64_t kMargin = 256;

bool holds(const std::vector<Interval>& merged, std::int64_t contig, std::int64_t base) {
    const auto after =
        std::upper_bound(merged.begin(), merged.end(), base,
                         [](std::int64_t place, const Interval& i) { return place < i.begin; });
    if (after == merged.begin()) return false;
    const Interval& last = *(after - 1);
    return last.contig == contig && base < last.end;
}

const Interval& segment_of(const std::vector<Interval>& segments, const Interval& inside) {
    for (const Interval& segment : segments) {
        if (segment.begin <= inside.begin && inside.end <= segment.end) return segment;
    }
    throw run_error(fmt::format("chunks: bases {}-{} of contig {} lie in no segment",
                                inside.begin + 1, inside.end, inside.contig));
}

}  // namespace

ChunkCutter::ChunkCutter(genome::Strand strand, std::int64_t stages, std::vector<Interval> segments,
                         const std::vector<Interval>& regions, Sink sink)
    : strand_(strand),
      segments_(std::move(segments)),
      wanted_(genome::intersection(regions, segments_)),
      sink_(std::move(sink)),
      cursors_(static_cast<std::size_t>(stages)),
      queues_(static_cast<std::size_t>(stages)),
      unread_length_(2 * kMargin) {
    for (Interval interval : wanted_) {
        const Interval& segment = segment_of(segments_, interval);
        if (forward()) {
            interval.end = std::min(interval.end + kMargin, segment.end);
        } else {
            interval.begin = std::max(interval.begin - kMargin, segment.begin);
        }
        reading_.push_back(interval);
    }
    reading_ = genome::merged(std::move(reading_));
}

void ChunkCutter::begin_interval(const Interval& interval) {
    inside_ = true;
    segment_ = segment_of(segments_, interval);
    for (Cursor& cursor : cursors_) cursor = {};
}

// The chunk starts of the yield: the model's boundaries, and the segment's first base.
ChunkCutter::Starts ChunkCutter::starts_of(const Interval& yields,
                                           const Boundaries& boundaries) const {
    const std::int64_t first = forward() ? segment_.begin : segment_.end - 1;
    const bool holds_first = yields.begin <= first && first < yields.end;
    Starts starts(boundaries.size());
    for (std::size_t stage = 0; stage < boundaries.size(); ++stage) {
        auto& out = starts[stage];
        if (holds_first && forward()) out.push_back({first, 1.0F, true});
        for (const auto& boundary : boundaries[stage]) {
            if (!boundary.boundary || (holds_first && boundary.base == first)) continue;
            out.push_back({boundary.base, boundary.prob, false});
        }
        if (holds_first && !forward()) out.push_back({first, 1.0F, true});
    }
    return starts;
}

std::int64_t ChunkCutter::length_of(std::int64_t stage, const Interval& place,
                                    std::int64_t below) const {
    return stage == 0 ? place.length() : below;
}

void ChunkCutter::push(std::int64_t stage, const Start& start, std::int64_t begin, std::int64_t end,
                       bool closed) {
    if (!holds(wanted_, segment_.contig, start.base)) return;
    const Interval place{segment_.contig, begin, end};
    const Cursor& cursor = cursors_[static_cast<std::size_t>(stage)];
    auto& queue = queues_[static_cast<std::size_t>(stage)];
    queue.push_back(
        {{place, start.probability, length_of(stage, place, cursor.below), start.forced}, closed});
    if (closed) return;
    const std::int64_t edge = forward() ? end : begin;
    if (groups_.empty() || groups_.back().edge != edge) {
        groups_.push_back({segment_, edge, {}, Starts(queues_.size())});
    }
    groups_.back().chunks.push_back({stage, &queue.back()});
}

void ChunkCutter::start(std::int64_t stage, const Start& start) {
    Cursor& cursor = cursors_[static_cast<std::size_t>(stage)];
    if (forward()) {
        if (cursor.any) push(stage, cursor.last, cursor.last.base, start.base, true);
    } else {
        // The chunk that starts here ends, downwards, at the start before it.
        const Interval& reading = reading_[interval_];
        const std::int64_t begin = cursor.any ? cursor.last.base + 1 : reading.begin;
        push(stage, start, begin, start.base + 1, cursor.any || begin == segment_.begin);
    }
    cursor.any = true;
    cursor.last = start;
    cursor.below = 0;
}

void ChunkCutter::add(const Interval& yields, const Boundaries& boundaries) {
    if (boundaries.size() != queues_.size()) {
        throw run_error(fmt::format("chunks: boundaries of {} stages, expected {}",
                                    boundaries.size(), queues_.size()));
    }
    while (interval_ < reading_.size() && yields.begin >= reading_[interval_].end) {
        if (inside_) end_interval();
        ++interval_;
    }
    if (interval_ == reading_.size() || yields.begin < reading_[interval_].begin) {
        throw run_error(fmt::format("chunks: bases {}-{} were not asked for or came out of order",
                                    yields.begin + 1, yields.end));
    }
    if (!inside_) begin_interval(reading_[interval_]);
    const Starts starts = starts_of(yields, boundaries);
    for (std::size_t stage = 0; stage < starts.size(); ++stage) {
        std::size_t below = 0;  // the next start of the stage below
        // Forward, a start of the stage below at the same base belongs to the new chunk; reverse,
        // to the one that starts here as well, which is cut now.
        const auto count_until = [&](std::int64_t base) {
            if (stage == 0) return;
            const auto& lower = starts[stage - 1];
            while (below < lower.size() && lower[below].base < base) {
                ++below;
                ++cursors_[stage].below;
            }
        };
        for (const Start& next : starts[stage]) {
            count_until(forward() ? next.base : next.base + 1);
            start(static_cast<std::int64_t>(stage), next);
        }
        count_until(yields.end);
    }
    flush();
}

void ChunkCutter::end_interval() {
    const Interval& reading = reading_[interval_];
    if (forward()) {
        for (std::size_t stage = 0; stage < cursors_.size(); ++stage) {
            const Cursor& cursor = cursors_[stage];
            if (cursor.any) {
                push(static_cast<std::int64_t>(stage), cursor.last, cursor.last.base, reading.end,
                     reading.end == segment_.end);
            }
        }
    }
    inside_ = false;
    flush();
}

void ChunkCutter::end_reading() {
    if (inside_) end_interval();
    flush();
}

Interval ChunkCutter::next_reading(const Group& group) const {
    const Interval& segment = group.segment;
    if (forward()) {
        return {segment.contig, group.edge, std::min(group.edge + unread_length_, segment.end)};
    }
    return {segment.contig, std::max(group.edge - unread_length_, segment.begin), group.edge};
}

std::vector<Interval> ChunkCutter::unread() const {
    std::vector<Interval> intervals;
    for (const Group& group : groups_) intervals.push_back(next_reading(group));
    return genome::merged(std::move(intervals));
}

void ChunkCutter::add_unread(const Interval& yields, const Boundaries& boundaries) {
    for (Group& group : groups_) {
        const Interval reading = next_reading(group);
        if (yields.end <= reading.begin || reading.end <= yields.begin) continue;
        for (std::size_t stage = 0; stage < boundaries.size(); ++stage) {
            for (const auto& boundary : boundaries[stage]) {
                if (boundary.boundary && reading.begin <= boundary.base &&
                    boundary.base < reading.end) {
                    group.starts[stage].push_back({boundary.base, boundary.prob, false});
                }
            }
        }
    }
}

// Closes the chunks of the group that end inside `read`.
void ChunkCutter::close_from(Group& group, const Interval& read) {
    std::erase_if(group.chunks, [&](const OpenChunk& open) {
        const auto stage = static_cast<std::size_t>(open.stage);
        const auto& starts = group.starts[stage];
        Interval& place = open.queued->row.place;
        Interval added = read;  // what the chunk gains
        const bool found = !starts.empty();
        if (found && forward()) added.end = starts.front().base;
        if (found && !forward()) added.begin = starts.back().base + 1;
        (forward() ? place.end : place.begin) = forward() ? added.end : added.begin;
        std::int64_t below = 0;
        if (stage > 0) {
            for (const Start& lower : group.starts[stage - 1]) {
                below += added.begin <= lower.base && lower.base < added.end;
            }
        }
        open.queued->row.length = stage == 0 ? place.length() : open.queued->row.length + below;
        const bool at_end =
            forward() ? read.end == group.segment.end : read.begin == group.segment.begin;
        open.queued->closed = found || at_end;
        return open.queued->closed;
    });
    for (auto& starts : group.starts) starts.clear();
    group.edge = forward() ? read.end : read.begin;
}

void ChunkCutter::end_unread() {
    for (Group& group : groups_) close_from(group, next_reading(group));
    std::erase_if(groups_, [](const Group& group) { return group.chunks.empty(); });
    unread_length_ *= 2;
    flush();
}

void ChunkCutter::flush() {
    for (std::size_t stage = 0; stage < queues_.size(); ++stage) {
        auto& queue = queues_[stage];
        for (; !queue.empty() && queue.front().closed; queue.pop_front()) {
            sink_(static_cast<std::int64_t>(stage), queue.front().row);
        }
    }
}

}  // namespace dna_hnet::tasks
