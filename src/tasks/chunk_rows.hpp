#pragma once
// Cuts the learned chunks of one strand of one contig from the boundaries that a model yields
// (semantics.md section 5). Torch-free.
//
// A chunk starts at a boundary (its first base in reading direction) and ends before the next one
// or with its segment. The first chunk of a segment starts at the segment's first base in reading
// direction with p = 1, forced. Rows are the chunks whose first base lies in a wanted region, whole
// and never clipped, so reading goes on past a region until its last chunk is closed:
//
//   ChunkCutter cutter(Strand::forward, stages, segments, regions, [&](stage, row) { ... });
//   read(cutter.reading(), [&](values) { cutter.add(values.sequence.yields, values.stages); });
//   cutter.end_reading();
//   for (auto more = cutter.unread(); !more.empty(); more = cutter.unread()) {
//       read(more, [&](values) { cutter.add_unread(values.sequence.yields, values.stages); });
//       cutter.end_unread();
//   }
#include <cstdint>
#include <deque>
#include <functional>
#include <utility>
#include <vector>

#include "evaluate/model_runner.hpp"
#include "genome/interval.hpp"

namespace dna_hnet::tasks {

struct ChunkRow {
    genome::Interval place;
    float probability = 1;
    std::int64_t length = 0;  // in units of the stage below: bases at stage 0, else its chunks
    bool forced = false;      // the segment's first chunk

    std::int64_t first_base(genome::Strand strand) const {
        return strand == genome::Strand::forward ? place.begin : place.end - 1;
    }
    bool operator==(const ChunkRow&) const = default;
};

class ChunkCutter {
  public:
    // Called with the rows of a stage in ascending coordinates.
    using Sink = std::function<void(std::int64_t stage, const ChunkRow& row)>;
    using Boundaries = std::vector<std::vector<evaluate::SequenceValues::Boundary>>;

    // `segments` and `regions` (merged) lie on one contig; bases of `regions` outside the segments
    // are in no chunk.
    ChunkCutter(genome::Strand strand, std::int64_t stages, std::vector<genome::Interval> segments,
                const std::vector<genome::Interval>& regions, Sink sink);

    // What must be read first: the regions and a little more in reading direction; merged.
    const std::vector<genome::Interval>& reading() const { return reading_; }
    // The wanted bases: the regions inside the segments, merged.
    const std::vector<genome::Interval>& wanted() const { return wanted_; }

    // Boundaries of the bases of `yields`. Calls follow one another in ascending coordinates and
    // cover reading().
    void add(const genome::Interval& yields, const Boundaries& boundaries);
    void end_reading();

    // What must still be read to close the chunks that ran past what was read; merged, empty when
    // all are closed. Twice as long from call to call.
    std::vector<genome::Interval> unread() const;
    void add_unread(const genome::Interval& yields, const Boundaries& boundaries);
    void end_unread();

  private:
    struct Start {
        std::int64_t base;
        float probability;
        bool forced;
    };
    using Starts = std::vector<std::vector<Start>>;  // per stage, ascending
    struct Queued {
        ChunkRow row;
        bool closed = true;
    };
    struct OpenChunk {  // waits for more reading; `row` lives in the stage's queue
        std::int64_t stage;
        Queued* queued;
    };
    struct Group {  // open chunks that end at one edge of what was read
        genome::Interval segment;
        std::int64_t edge;  // forward: first base not read; reverse: end of what is not read
        std::vector<OpenChunk> chunks;
        Starts starts;  // of this round
    };
    struct Cursor {  // of one stage inside the current reading interval
        bool any = false;
        Start last{};            // forward: the chunk that is open
        std::int64_t below = 0;  // starts of the stage below since then
    };

    bool forward() const { return strand_ == genome::Strand::forward; }
    void begin_interval(const genome::Interval& interval);
    void end_interval();
    Starts starts_of(const genome::Interval& yields, const Boundaries& boundaries) const;
    void start(std::int64_t stage, const Start& start);
    std::int64_t length_of(std::int64_t stage, const genome::Interval& place,
                           std::int64_t below) const;
    void push(std::int64_t stage, const Start& start, std::int64_t begin, std::int64_t end,
              bool closed);
    void close_from(Group& group, const genome::Interval& read);
    genome::Interval next_reading(const Group& group) const;
    void flush();

    genome::Strand strand_;
    std::vector<genome::Interval> segments_, wanted_, reading_;
    Sink sink_;
    std::size_t interval_ = 0;  // the reading interval that add() is in
    bool inside_ = false;
    genome::Interval segment_{};
    std::vector<Cursor> cursors_;
    std::vector<std::deque<Queued>> queues_;  // per stage
    std::vector<Group> groups_;
    std::int64_t unread_length_;
};

}  // namespace dna_hnet::tasks
