#include "genome/haplotypes.hpp"

#include <algorithm>

namespace dna_hnet::genome {
namespace {

// A contig seen in reading direction: position 0 is its first base there.
class ReadingView {
  public:
    ReadingView(Reference& reference, std::int64_t contig, Strand strand)
        : reference_(reference),
          contig_(contig),
          length_(reference.contigs().at(static_cast<std::size_t>(contig)).length),
          strand_(strand) {}

    // Its own inverse but for the contig's number.
    Interval turned(const Interval& interval) const {
        if (strand_ == Strand::forward) return interval;
        return {contig_, length_ - interval.end, length_ - interval.begin};
    }

    Base base(std::int64_t position, std::int64_t end) {
        constexpr std::int64_t kBlock = 256;
        if (position < block_.begin || position >= block_.end) {
            block_ = {contig_, position, std::min(end, position + kBlock)};
            bases_ = read_bases(reference_, turned(block_), strand_);
        }
        return bases_[static_cast<std::size_t>(position - block_.begin)];
    }

  private:
    Reference& reference_;
    std::int64_t contig_, length_;
    Strand strand_;
    Interval block_;
    std::vector<Base> bases_;
};

std::int64_t floor_to_grid(std::int64_t position) {
    const std::int64_t past = ((position % kStartGrid) + kStartGrid) % kStartGrid;
    return position - past;
}

}  // namespace

std::int64_t trim_common(std::vector<Base>& reference, std::vector<Base>& alternative) {
    const auto first =
        std::mismatch(reference.begin(), reference.end(), alternative.begin(), alternative.end());
    const std::int64_t common = first.first - reference.begin();
    reference.erase(reference.begin(), first.first);
    alternative.erase(alternative.begin(), first.second);
    while (!reference.empty() && !alternative.empty() && reference.back() == alternative.back()) {
        reference.pop_back();
        alternative.pop_back();
    }
    return common;
}

std::vector<Base> read_bases(Reference& reference, const Interval& interval, Strand strand) {
    std::vector<Base> bases = reference.fetch(interval);
    if (strand == Strand::reverse) reverse_complement(bases.data(), interval.length());
    for (Base& base : bases) base = base_code(base);
    return bases;
}

std::optional<Difference> find_difference(Reference& reference, const Interval& segment,
                                          const Replacement& replacement, Strand strand,
                                          std::int64_t context) {
    ReadingView view(reference, segment.contig, strand);
    const Interval bounds = view.turned(segment);
    std::int64_t begin = view.turned(replacement.replaced).begin;
    std::vector<Base> removed = read_bases(reference, replacement.replaced, strand);
    std::vector<Base> added = replacement.bases;
    if (strand == Strand::reverse) {
        reverse_complement(added.data(), static_cast<std::int64_t>(added.size()));
    }
    for (Base& base : added) base = base_code(base);
    begin += trim_common(removed, added);
    if (removed.empty() && added.empty()) return std::nullopt;
    const auto ref_length = static_cast<std::int64_t>(removed.size());
    // Bases that are only taken out, or only put in, can stand further on with the same result.
    if (removed.empty() || added.empty()) {
        std::vector<Base>& moved = removed.empty() ? added : removed;
        std::size_t turn = 0;
        while (begin + ref_length < bounds.end &&
               view.base(begin + ref_length, bounds.end) == moved[turn]) {
            turn = (turn + 1) % moved.size();
            ++begin;
        }
        std::rotate(moved.begin(), moved.begin() + static_cast<std::int64_t>(turn), moved.end());
    }
    const std::int64_t start = floor_to_grid(begin - context / 2);
    const Interval window{segment.contig, std::max(start, bounds.begin),
                          std::min(std::max(start + context, begin + ref_length), bounds.end)};
    return Difference{strand, view.turned(window), begin - window.begin, ref_length,
                      std::move(added)};
}

}  // namespace dna_hnet::genome
