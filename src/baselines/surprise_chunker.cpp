#include "baselines/surprise_chunker.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "baselines/order_counts.hpp"
#include "baselines/training_blocks.hpp"
#include "core/error.hpp"

namespace dna_hnet::baselines {
namespace {

constexpr int kOrder = SurpriseChunker::kOrder;
constexpr float kSmoothing = 1;  // as of the row order5

std::size_t kmers_of(int order) {
    return std::size_t{4} << 2 * order;
}

float bits_of(const OrderCounts& counts, int order, std::size_t kmer) {
    const std::uint32_t* letters = counts.counts(order) + kmer / 4 * 4;
    return smoothed_bits(letters[kmer % 4], total_of(letters), kSmoothing);
}

// Bases with exactly `order` bases before them in their run (at the highest order: or more).
std::int64_t occurrences(const OrderCounts& counts, int order, std::size_t kmer) {
    std::int64_t number = counts.counts(order)[kmer];
    if (order == kOrder) return number;
    for (std::size_t left = 0; left < 4; ++left) {
        number -= counts.counts(order + 1)[left * kmers_of(order) + kmer];
    }
    return number;
}

OrderCounts count(genome::Reference& reference, const std::vector<genome::Interval>& train) {
    const std::int64_t total = genome::total_length(train);
    if (total == 0) {
        throw usage_error(
            fmt::format("surprise chunker of {}: no training bases", reference.path()));
    }
    if (total > std::numeric_limits<std::uint32_t>::max()) {
        throw input_error(fmt::format(
            "surprise chunker of {}: {} training bases, expected at most {} (counts have 32 bits)",
            reference.path(), total, std::numeric_limits<std::uint32_t>::max()));
    }
    OrderCounts counts(kOrder);
    for (const TrainingBlock& block : training_blocks(train)) {
        genome::Interval read = block.bases;
        read.begin -= block.lead;
        const auto bases = reference.fetch(read);
        counts.add(bases.data(), block.lead, static_cast<std::int64_t>(bases.size()), block.ends);
    }
    counts.finish();
    return counts;
}

}  // namespace

SurpriseChunker SurpriseChunker::fit(genome::Reference& reference,
                                     const std::vector<genome::Interval>& train, double rate) {
    if (!(rate > 0 && rate < 1)) {
        throw usage_error(fmt::format(
            "surprise chunker: got a rate of {}, expected more than 0 and less than 1", rate));
    }
    const OrderCounts counts = count(reference, genome::merged(train));
    std::map<float, std::int64_t, std::greater<>> bases_with;  // bits -> training bases
    std::int64_t total = 0;
    for (int order = 0; order <= kOrder; ++order) {
        for (std::size_t kmer = 0; kmer < kmers_of(order); ++kmer) {
            const std::int64_t number = occurrences(counts, order, kmer);
            if (number > 0) bases_with[bits_of(counts, order, kmer)] += number;
            total += number;
        }
    }
    if (total == 0) {
        throw input_error(
            fmt::format("surprise chunker of {}: no base A, C, G or T in the training intervals",
                        reference.path()));
    }
    SurpriseChunker chunker;
    double nearest = std::numeric_limits<double>::infinity();
    std::int64_t above = 0;
    for (const auto& [bits, number] : bases_with) {
        const double share = static_cast<double>(above) / static_cast<double>(total);
        if (std::abs(share - rate) < nearest) {
            nearest = std::abs(share - rate);
            chunker.threshold_ = bits;
            chunker.training_rate_ = share;
        }
        above += number;
    }
    for (int order = 0; order <= kOrder; ++order) {
        auto& begins = chunker.begins_[static_cast<std::size_t>(order)];
        for (std::size_t kmer = 0; kmer < kmers_of(order); ++kmer) {
            begins.push_back(bits_of(counts, order, kmer) > chunker.threshold_);
        }
    }
    return chunker;
}

void SurpriseChunker::read(const genome::Base* bases, std::int64_t lead, std::int64_t length,
                           std::uint8_t* begins) const {
    KmerRoller kmers;
    for (std::int64_t i = 0; i < lead; ++i) kmers.push(bases[i]);
    for (std::int64_t i = 0; i < length; ++i) {
        const genome::Base base = bases[lead + i];
        const auto order = std::min<std::int64_t>(kOrder, kmers.run());
        kmers.push(base);
        begins[i] =
            genome::is_acgt(base)
                ? begins_[static_cast<std::size_t>(order)][kmers.last(static_cast<int>(order) + 1)]
                : 0;
    }
}

}  // namespace dna_hnet::baselines
