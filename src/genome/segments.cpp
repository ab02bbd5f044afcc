#include "genome/segments.hpp"

#include <algorithm>

namespace dna_hnet::genome {
namespace {

constexpr std::int64_t kBlock = 1 << 20;

// Reads a contig base by base in its head: `begin` is the open segment's first base (-1: none),
// `run` the N just before `position`.
class Scanner {
  public:
    Scanner(std::int64_t contig, std::vector<Interval>& segments)
        : contig_(contig), segments_(segments) {}

    void scan(const Base* bases, std::int64_t length) {
        const Base* const last = bases + length;
        for (const Base* base = bases; base != last;) {
            if (base_code(*base) == kN) {
                const Base* const end =
                    std::find_if(base, last, [](Base b) { return base_code(b) != kN; });
                run_ += end - base;
                position_ += end - base;
                base = end;
                continue;
            }
            leave_run();
            const Base* const end =
                std::find_if(base, last, [](Base b) { return base_code(b) == kN; });
            position_ += end - base;
            base = end;
        }
    }

    void finish() {
        // N at the contig's end belong to the segment unless they are a gap. A contig of N alone
        // has opened none.
        const std::int64_t begin = std::max<std::int64_t>(begin_, 0);
        const std::int64_t end = run_ >= kGapLength ? position_ - run_ : position_;
        if (begin < end) segments_.push_back({contig_, begin, end});
    }

  private:
    // A base other than N stands at position_: the run before it was a gap, or belongs to the
    // segment.
    void leave_run() {
        if (begin_ >= 0 && run_ >= kGapLength) {
            segments_.push_back({contig_, begin_, position_ - run_});
            begin_ = -1;
        }
        if (begin_ < 0) begin_ = run_ >= kGapLength ? position_ : position_ - run_;
        run_ = 0;
    }

    std::int64_t contig_, position_ = 0, begin_ = -1, run_ = 0;
    std::vector<Interval>& segments_;
};

}  // namespace

std::vector<Interval> find_segments(Reference& reference, std::int64_t contig) {
    check_interval(reference, {contig, 0, 0});
    const std::int64_t length = reference.contigs()[static_cast<std::size_t>(contig)].length;
    std::vector<Interval> segments;
    Scanner scanner(contig, segments);
    std::vector<Base> block(static_cast<std::size_t>(std::min(kBlock, length)));
    for (std::int64_t begin = 0; begin < length; begin += kBlock) {
        const std::int64_t end = std::min(begin + kBlock, length);
        reference.fetch_into({contig, begin, end}, block.data());
        scanner.scan(block.data(), end - begin);
    }
    scanner.finish();
    return segments;
}

std::vector<Interval> find_segments(Reference& reference) {
    std::vector<Interval> segments;
    for (std::size_t contig = 0; contig < reference.contigs().size(); ++contig) {
        const std::vector<Interval> found =
            find_segments(reference, static_cast<std::int64_t>(contig));
        segments.insert(segments.end(), found.begin(), found.end());
    }
    return segments;
}

bool has_known_base(Reference& reference, const Interval& piece) {
    if (piece.length() >= kGapLength) return true;
    const std::vector<Base> bases = reference.fetch(piece);
    return std::any_of(bases.begin(), bases.end(), is_acgt);
}

}  // namespace dna_hnet::genome
