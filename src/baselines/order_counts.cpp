#include "baselines/order_counts.hpp"

#include <algorithm>
#include <array>

namespace dna_hnet::baselines {

namespace {

// Increments wait this long for their cache line: order 12 does not fit any cache.
constexpr std::size_t kDelay = 32;

}  // namespace

OrderCounts::OrderCounts(int highest) : highest_(highest) {
    for (int order = 0; order <= highest; ++order)
        counts_.emplace_back(std::size_t{4} << 2 * order);
}

void OrderCounts::add(const genome::Base* bases, std::int64_t lead, std::int64_t length,
                      bool ends) {
    const int most_letters = highest_ + 1;
    std::uint32_t* table = counts_.back().data();
    std::array<std::uint32_t, kDelay> waiting{};
    std::size_t filled = 0;
    const auto count = [&](std::uint64_t kmer) {
        std::uint32_t& slot = waiting[filled % kDelay];
        if (filled >= kDelay) ++table[slot];
        slot = static_cast<std::uint32_t>(kmer);
        __builtin_prefetch(table + slot, 1);
        ++filled;
    };
    KmerRoller kmers;
    for (std::int64_t i = 0; i < lead; ++i) kmers.push(bases[i]);
    for (std::int64_t i = lead; i < length; ++i) {
        if (!genome::is_acgt(bases[i])) end_run(kmers);
        kmers.push(bases[i]);
        if (kmers.run() >= most_letters) {
            count(kmers.last(most_letters));
            count(kmers.reverse_complement(most_letters));
        } else if (kmers.run() > 0) {
            const int letters = static_cast<int>(kmers.run());
            run_ends_.push_back({static_cast<std::uint32_t>(kmers.last(letters)), letters - 1});
        }
    }
    if (ends) end_run(kmers);
    for (std::size_t i = 0; i < std::min(filled, kDelay); ++i) ++table[waiting[i]];
}

void OrderCounts::end_run(const KmerRoller& kmers) {
    const int letters = static_cast<int>(std::min<std::int64_t>(kmers.run(), highest_));
    for (int length = 1; length <= letters; ++length) {
        run_ends_.push_back(
            {static_cast<std::uint32_t>(kmers.reverse_complement(length)), length - 1});
    }
}

void OrderCounts::finish() {
    for (int order = highest_ - 1; order >= 0; --order) {
        const LargeTable<std::uint32_t>& longer = counts_[static_cast<std::size_t>(order) + 1];
        LargeTable<std::uint32_t>& table = counts_[static_cast<std::size_t>(order)];
        const std::size_t size = table.size();
        for (std::size_t kmer = 0; kmer < size; ++kmer) {
            table[kmer] = longer[kmer] + longer[kmer + size] + longer[kmer + 2 * size] +
                          longer[kmer + 3 * size];
        }
        for (const RunEnd& end : run_ends_) {
            if (end.order == order) ++table[end.kmer];
        }
    }
}

}  // namespace dna_hnet::baselines
