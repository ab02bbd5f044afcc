#include "baselines/hashed_counts.hpp"

#include <algorithm>
#include <bit>

namespace dna_hnet::baselines {

namespace {

constexpr int kMinLineBits = 8, kMaxLineBits = 22;  // 2^12 .. 2^26 slots
constexpr std::size_t kDelay = 32;                  // as in order_counts.cpp

// The finaliser of SplitMix64: every bit of the context reaches the line (high bits) and the check
// (low bits).
std::uint64_t hash_of(std::uint64_t context) {
    std::uint64_t h = context + 0x9E3779B97F4A7C15u;
    h = (h ^ h >> 30) * 0xBF58476D1CE4E5B9u;
    h = (h ^ h >> 27) * 0x94D049BB133111EBu;
    return h ^ h >> 31;
}

std::uint32_t check_of(std::uint64_t hash) {
    return static_cast<std::uint32_t>(hash & 0xFFFF) << 16;
}

bool holds(std::uint32_t slot, std::uint32_t check) {
    return (slot & 0xFFFF0000u) == check && (slot & 0xFFFFu) != 0;
}

std::uint32_t incremented(std::uint32_t slot, unsigned letter) {
    if ((slot >> 4 * letter & 15) == 15) slot = (slot & 0xFFFF0000u) | (slot >> 1 & 0x7777u);
    return slot + (1u << 4 * letter);
}

bool seen_once(std::uint32_t slot) {
    return std::has_single_bit(slot & 0xFFFFu) && (slot & 0x1111u) != 0;
}

}  // namespace

HashedCounts::HashedCounts(int order, std::int64_t bases) : order_(order) {
    // Two contexts a base (one a strand): lines at most 84 % full until the limit is reached.
    const std::uint64_t lines =
        static_cast<std::uint64_t>(std::max<std::int64_t>(bases, 1)) * 2 * 19 / 16 / 16;
    line_bits_ = std::clamp(static_cast<int>(std::bit_width(lines)), kMinLineBits, kMaxLineBits);
    lines_ = LargeTable<Line>(std::size_t{1} << line_bits_);
}

void HashedCounts::count(std::uint64_t hash, unsigned letter) {
    auto& slots = lines_[hash >> (64 - line_bits_)].slots;
    const std::uint32_t check = check_of(hash);
    for (std::uint32_t& slot : slots) {
        if ((slot & 0xFFFFu) == 0) {
            slot = incremented(check, letter);
            return;
        }
        if (holds(slot, check)) {
            slot = incremented(slot, letter);
            return;
        }
    }
    for (std::uint64_t i = 0; i < slots.size(); ++i) {
        std::uint32_t& slot = slots[(i + (hash >> 16)) % slots.size()];
        if (!seen_once(slot)) continue;
        slot = incremented(check, letter);
        return;
    }
}

void HashedCounts::add(const genome::Base* bases, std::int64_t lead, std::int64_t length) {
    struct Waiting {
        std::uint64_t hash;
        unsigned letter;
    };
    std::array<Waiting, kDelay> waiting{};
    std::size_t filled = 0;
    const auto enqueue = [&](std::uint64_t kmer) {
        Waiting& slot = waiting[filled % kDelay];
        if (filled >= kDelay) count(slot.hash, slot.letter);
        slot = {hash_of(kmer >> 2), static_cast<unsigned>(kmer & 3)};
        __builtin_prefetch(&lines_[slot.hash >> (64 - line_bits_)], 1);
        ++filled;
    };
    KmerRoller kmers;
    for (std::int64_t i = 0; i < lead; ++i) kmers.push(bases[i]);
    for (std::int64_t i = lead; i < length; ++i) {
        kmers.push(bases[i]);
        if (kmers.run() > order_) {
            enqueue(kmers.last(order_ + 1));
            enqueue(kmers.reverse_complement(order_ + 1));
        }
    }
    for (std::size_t i = filled - std::min(filled, kDelay); i < filled; ++i) {
        count(waiting[i % kDelay].hash, waiting[i % kDelay].letter);
    }
}

std::array<std::uint32_t, 4> HashedCounts::find(std::uint64_t context) const {
    const std::uint64_t hash = hash_of(context);
    const std::uint32_t check = check_of(hash);
    for (const std::uint32_t slot : lines_[hash >> (64 - line_bits_)].slots) {
        if ((slot & 0xFFFFu) == 0) break;
        if (holds(slot, check)) return {slot & 15, slot >> 4 & 15, slot >> 8 & 15, slot >> 12 & 15};
    }
    return {0, 0, 0, 0};
}

void HashedCounts::prefetch(std::uint64_t context) const {
    __builtin_prefetch(&lines_[hash_of(context) >> (64 - line_bits_)]);
}

}  // namespace dna_hnet::baselines
