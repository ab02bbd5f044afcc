#include "baselines/baseline_set.hpp"

#include <algorithm>
#include <cmath>
#include <future>
#include <limits>

#include <fmt/format.h>

#include "baselines/mix_model.hpp"
#include "baselines/training_blocks.hpp"
#include "core/error.hpp"

namespace dna_hnet::baselines {

namespace {

// Counting: so many blocks are read before the tables count them, each table on one thread.
constexpr std::size_t kBatch = 16;
// Bases whose counts are asked for before they are needed.
constexpr std::int64_t kAhead = 16;
constexpr std::int64_t kSample = 2048;
constexpr std::int64_t kBlock = 1 << 16;  // bases whose bits are handed on at once

float smoothing(int order) {
    return order <= 8 ? 1.0F : 0.25F;
}

struct LoadedBlock {
    const TrainingBlock* block;
    std::vector<genome::Base> bases;  // lead-in first
};

void count_batch(const std::vector<LoadedBlock>& batch, FrozenCounts& counts, int threads) {
    const auto count_table = [&](std::size_t table) {
        for (const LoadedBlock& loaded : batch) {
            const auto length = static_cast<std::int64_t>(loaded.bases.size());
            if (table == 0) {
                counts.orders.add(loaded.bases.data(), loaded.block->lead, length,
                                  loaded.block->ends);
            } else {
                counts.hashed[table - 1].add(loaded.bases.data(), loaded.block->lead, length);
            }
        }
    };
    // Every table is filled by one thread in the order of the blocks, so the counts do not depend
    // on the number of threads.
    const std::size_t tables = 1 + counts.hashed.size();
    const std::size_t workers = std::min(tables, static_cast<std::size_t>(threads));
    const auto work = [&](std::size_t worker) {
        for (std::size_t table = worker; table < tables; table += workers) count_table(table);
    };
    std::vector<std::future<void>> running;
    for (std::size_t worker = 1; worker < workers; ++worker) {
        running.push_back(std::async(std::launch::async, work, worker));
    }
    work(0);
    for (std::future<void>& one : running) one.get();
}

void count_blocks(genome::Reference& reference, const std::vector<TrainingBlock>& blocks,
                  bool held_out, FrozenCounts& counts, int threads) {
    std::vector<LoadedBlock> batch;
    for (const TrainingBlock& block : blocks) {
        if (block.held_out != held_out) continue;
        genome::Interval read = block.bases;
        read.begin -= block.lead;
        batch.push_back({&block, reference.fetch(read)});
        if (batch.size() == kBatch) {
            count_batch(batch, counts, threads);
            batch.clear();
        }
    }
    count_batch(batch, counts, threads);
    counts.orders.finish();
}

}  // namespace

struct BaselineSet::Impl {
    BaselineOptions options;
    FrozenCounts counts;
    LowPredictions low;
    MixStart start;
    std::vector<std::string> names;
};

BaselineSet::BaselineSet(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
BaselineSet::~BaselineSet() = default;
BaselineSet::BaselineSet(BaselineSet&&) noexcept = default;

const std::vector<std::string>& BaselineSet::names() const {
    return impl_->names;
}

BaselineSet BaselineSet::fit(genome::Reference& reference,
                             const std::vector<genome::Interval>& train,
                             const BaselineOptions& options) {
    const std::vector<genome::Interval> intervals = genome::merged(train);
    const std::int64_t total = genome::total_length(intervals);
    if (total == 0) {
        throw usage_error(fmt::format("baselines of {}: no training bases, expected at least one",
                                      reference.path()));
    }
    if (total > std::numeric_limits<std::uint32_t>::max()) {
        throw input_error(fmt::format(
            "baselines of {}: {} training bases, expected at most {} (counts have 32 bits)",
            reference.path(), total, std::numeric_limits<std::uint32_t>::max()));
    }
    if (options.threads < 1) {
        throw usage_error(
            fmt::format("baselines: {} threads, expected at least 1", options.threads));
    }
    auto impl = std::make_unique<Impl>();
    impl->options = options;
    if (options.orders) {
        for (int order = 0; order <= kMaxOrder; ++order)
            impl->names.push_back(fmt::format("order{}", order));
    }
    if (options.mix) {
        impl->names.insert(impl->names.end(), {"mix", "copy", "mix+copy"});
        for (const int order : kHashedOrders) impl->counts.hashed.emplace_back(order, total);
    }
    const std::vector<TrainingBlock> blocks = training_blocks(intervals);
    count_blocks(reference, blocks, false, impl->counts, options.threads);
    if (options.mix) {
        std::vector<std::vector<genome::Base>> windows;
        for (const genome::Interval& window : sample_windows(blocks, kSample)) {
            windows.push_back(reference.fetch(window));
        }
        impl->start = learn_start(impl->counts, windows);
    }
    count_blocks(reference, blocks, true, impl->counts, options.threads);
    if (options.mix) impl->low = low_predictions(impl->counts.orders);
    return BaselineSet(std::move(impl));
}

namespace {

// Puts blocks where whole rows are wanted.
BaselineSet::Block into_rows(std::int64_t length, float* bits) {
    return [length, bits](std::int64_t first, std::int64_t count, const std::vector<float>& block) {
        const std::int64_t rows = static_cast<std::int64_t>(block.size()) / count;
        for (std::int64_t row = 0; row < rows; ++row) {
            const auto from = block.begin() + row * count;
            std::copy(from, from + count, bits + row * length + first);
        }
    };
}

}  // namespace

void BaselineSet::score(const genome::Base* bases, std::int64_t length, float* bits) const {
    score_blocks(bases, length, !impl_->options.mix, into_rows(length, bits));
}

void BaselineSet::score_orders(const genome::Base* bases, std::int64_t length, float* bits) const {
    score_blocks(bases, length, true, into_rows(length, bits));
}

void BaselineSet::score_blocks(const genome::Base* bases, std::int64_t length, bool orders_only,
                               const Block& sink) const {
    if (orders_only && !impl_->options.orders) {
        throw usage_error("baselines: asked for the orders alone, but fitted without orders");
    }
    if (length > std::numeric_limits<std::uint32_t>::max() - 1) {
        throw usage_error(fmt::format("baselines: a sequence of {} bases, expected at most {}",
                                      length, std::numeric_limits<std::uint32_t>::max() - 1));
    }
    const bool with_mix = impl_->options.mix && !orders_only;
    const FrozenCounts& counts = impl_->counts;
    const int order_rows = impl_->options.orders ? kMaxOrder + 1 : 0;
    const std::size_t rows = with_mix ? impl_->names.size() : static_cast<std::size_t>(order_rows);
    std::unique_ptr<MixModel> mix;
    if (with_mix) mix = std::make_unique<MixModel>(counts, impl_->low, bases, length, impl_->start);
    KmerRoller kmers, ahead;
    std::int64_t next = 0;
    std::vector<float> block;
    for (std::int64_t first = 0; first < length; first += kBlock) {
        const std::int64_t count = std::min(kBlock, length - first);
        block.assign(rows * static_cast<std::size_t>(count), 0.0F);
        for (std::int64_t i = first; i < first + count; ++i) {
            for (; next < std::min(length, i + kAhead); ++next) {
                prefetch(counts, ahead);
                ahead.push(bases[next]);
            }
            if (!genome::is_acgt(bases[i])) {
                if (mix) mix->skip(i);
                kmers.push(bases[i]);
                continue;
            }
            float* out = block.data() + (i - first);
            const int letter = genome::base_code(bases[i]);
            for (int order = 0; order < order_rows; ++order, out += count) {
                const int known = static_cast<int>(std::min<std::int64_t>(order, kmers.run()));
                const std::uint32_t* n = counts.orders.counts(known) + 4 * kmers.last(known);
                *out = smoothed_bits(n[letter], total_of(n), smoothing(order));
            }
            if (mix) {
                const MixProbabilities p = mix->read(i, kmers, kScoreRates);
                for (const float one : {p.mix, p.copy, p.mix_copy}) {
                    *out = -std::log2(one);
                    out += count;
                }
            }
            kmers.push(bases[i]);
        }
        sink(first, count, block);
    }
}

std::int64_t best_order(const std::vector<double>& bits_of_orders) {
    if (bits_of_orders.empty())
        throw usage_error("best order: no sums of bits, expected one per order");
    return std::min_element(bits_of_orders.begin(), bits_of_orders.end()) - bits_of_orders.begin();
}

}  // namespace dna_hnet::baselines
