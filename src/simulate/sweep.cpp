#include "simulate/sweep.hpp"

#include <algorithm>

// The four loops over states, compiled for AVX2 as well and chosen at load time. Without fused
// operations: AVX2 alone changes no rounding but that of the sums' order. Sanitizers cannot start
// before such a choice.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define DNA_HNET_STATE_LOOP __attribute__((target_clones("avx2", "default")))
#else
#define DNA_HNET_STATE_LOOP
#endif

namespace dna_hnet::simulate {
namespace {

constexpr double kNothing = 1e-280;  // keeps the arithmetic out of denormal numbers

struct Shifts {
    double advance, stay, skip;
};

// now[i] = letters[i] * (advance old[i - lanes] + stay old[i] + skip old[i - 2 lanes]); returns the
// sum.
DNA_HNET_STATE_LOOP double shift_forward(const double* __restrict old,
                                         const double* __restrict letters, double* __restrict now,
                                         int count, int lanes, Shifts by) {
    double sum = 0;
#pragma omp simd reduction(+ : sum)
    for (int i = 0; i < count; ++i) {
        const double value = letters[i] * (by.advance * old[i - lanes] + by.stay * old[i] +
                                           by.skip * old[i - 2 * lanes]);
        const double kept = value < kNothing ? 0.0 : value;
        now[i] = kept;
        sum += kept;
    }
    return sum;
}

// The same without stay and skip.
DNA_HNET_STATE_LOOP double advance_forward(const double* __restrict old,
                                           const double* __restrict letters, double* __restrict now,
                                           int count, int lanes, double advance) {
    double sum = 0;
#pragma omp simd reduction(+ : sum)
    for (int i = 0; i < count; ++i) {
        const double value = letters[i] * (advance * old[i - lanes]);
        const double kept = value < kNothing ? 0.0 : value;
        now[i] = kept;
        sum += kept;
    }
    return sum;
}

DNA_HNET_STATE_LOOP void shift_backward(const double* __restrict emitted, double* __restrict now,
                                        int count, int lanes, Shifts by, double leaving) {
#pragma omp simd
    for (int i = 0; i < count; ++i) {
        const double value = by.advance * emitted[i + lanes] + by.stay * emitted[i] +
                             by.skip * emitted[i + 2 * lanes] + leaving;
        now[i] = value < kNothing ? 0.0 : value;
    }
}

DNA_HNET_STATE_LOOP double multiply(const double* __restrict values,
                                    const double* __restrict letters, double* __restrict products,
                                    int count, double factor) {
    double sum = 0;
#pragma omp simd reduction(+ : sum)
    for (int i = 0; i < count; ++i) {
        products[i] = factor * letters[i] * values[i];
        sum += products[i];
    }
    return sum;
}

// Paths that enter a block: now[i] += factor * letters[i] * inflow[i]; returns what came.
DNA_HNET_STATE_LOOP double enter(const double* __restrict inflow, const double* __restrict letters,
                                 double* __restrict now, int count, double factor) {
    double sum = 0;
#pragma omp simd reduction(+ : sum)
    for (int i = 0; i < count; ++i) {
        const double entering = factor * letters[i] * inflow[i];
        now[i] += entering;
        sum += entering;
    }
    return sum;
}

// A block of one row: paths that stay and paths that enter.
double keep_and_enter(const double* __restrict old, const double* __restrict inflow,
                      const double* __restrict letters, double* __restrict now, int count,
                      double stay, double factor) {
    double sum = 0;
#pragma omp simd reduction(+ : sum)
    for (int i = 0; i < count; ++i) {
        const double value = factor * letters[i] * (stay * old[i] + inflow[i]);
        const double kept = value < kNothing ? 0.0 : value;
        now[i] = kept;
        sum += kept;
    }
    return sum;
}

double dot(const double* __restrict a, const double* __restrict b, int count) {
    double sum = 0;
#pragma omp simd reduction(+ : sum)
    for (int i = 0; i < count; ++i) sum += a[i] * b[i];
    return sum;
}

}  // namespace

EmissionTables::EmissionTables(const BlockHmm& hmm) : hmm_(&hmm) {
    for (int base = 0; base < 4; ++base) {
        letters_[base].assign(hmm.padded_states(), 0);
        for (const Block& block : hmm.blocks()) {
            for (int i = 0; i < block.states(); ++i) {
                letters_[base][block.first_state + i] =
                    block.letters.empty() ? 1 : block.letters[i][base];
            }
        }
    }
}

ForwardSweep::ForwardSweep(const EmissionTables& tables)
    : tables_(&tables),
      shares_(tables.hmm().padded_states(), 0),
      next_(shares_.size(), 0),
      inflow_(tables.hmm().lane_count(), 0),
      block_sums_(tables.hmm().blocks().size(), 0) {
    shares_[tables.hmm().blocks()[0].first_state] = 1;
    block_sums_[0] = 1;
}

// What leaves every block, as inflow of the lanes that it enters.
void ForwardSweep::collect_flows() {
    const std::vector<Block>& blocks = tables_->hmm().blocks();
    std::fill(inflow_.begin(), inflow_.end(), 0);
    for (std::size_t number = 0; number < blocks.size(); ++number) {
        const Block& block = blocks[number];
        const double* last = &shares_[block.first_state + (block.rows - 1) * block.lanes];
        const double ending = scale_ * (1 - block.stay - block.leave);
        if (block.lanes > 1 && block.exits.size() == 1 && block.skip == 0) {
            const Block& target = blocks[block.exits[0].block];
            if (target.lanes == block.lanes) {  // most blocks of introns
                double* inflow = &inflow_[target.first_lane];
                for (int lane = 0; lane < block.lanes; ++lane) inflow[lane] += ending * last[lane];
                continue;
            }
        }
        for (int lane = 0; lane < block.lanes; ++lane) {
            double out = ending * last[lane];
            if (block.leave > 0) out += scale_ * block.leave * block_sums_[number];
            if (block.skip > 0) out += scale_ * block.skip * last[lane - block.lanes];
            if (out == 0) continue;
            for (const Exit& exit : block.exits) {
                const Block& target = blocks[exit.block];
                const int entered = entered_lane(lane, block.lanes, target.lanes, context_);
                inflow_[target.first_lane + entered] += exit.probability * out;
            }
        }
    }
}

double ForwardSweep::step(int base) {
    collect_flows();
    const std::vector<Block>& blocks = tables_->hmm().blocks();
    const double* letters = tables_->of(base);
    double total = 0;
    for (std::size_t number = 0; number < blocks.size(); ++number) {
        const Block& block = blocks[number];
        const double factor = block.context_probability(context_, base);
        const int first = block.first_state;
        const double* inflow = &inflow_[block.first_lane];
        const double* old = &shares_[first];
        double* now = &next_[first];
        double sum = 0;
        if (block.rows == 1) {
            sum = keep_and_enter(old, inflow, letters + first, now, block.lanes,
                                 block.stay * scale_, factor);
        } else {
            const double by = factor * scale_;
            sum = block.stay == 0 && block.skip == 0
                      ? advance_forward(old, letters + first, now, block.states(), block.lanes,
                                        by * block.advance)
                      : shift_forward(old, letters + first, now, block.states(), block.lanes,
                                      {by * block.advance, by * block.stay, by * block.skip});
            sum += block.entry.empty() ? enter(inflow, letters + first, now, block.lanes, factor)
                                       : enter(block.entry.data(), letters + first, now, block.rows,
                                               factor * inflow[0]);
        }
        block_sums_[number] = sum;
        total += sum;
    }
    shares_.swap(next_);
    scale_ = 1 / total;
    context_ = push_base(context_, base);
    return total;
}

BackwardSweep::BackwardSweep(const EmissionTables& tables)
    : tables_(&tables),
      values_(tables.hmm().padded_states(), 0),
      emitted_(values_.size(), 0),
      entered_(tables.hmm().lane_count(), 0) {
    for (const Block& block : tables.hmm().blocks()) {
        std::fill_n(values_.begin() + block.first_state, block.states(), 1.0);
    }
}

// What follows a path that leaves the block.
double BackwardSweep::outflow(const Block& block, int lane, Context context) const {
    double sum = 0;
    for (const Exit& exit : block.exits) {
        const Block& target = tables_->hmm().blocks()[exit.block];
        sum += exit.probability *
               entered_[target.first_lane + entered_lane(lane, block.lanes, target.lanes, context)];
    }
    return sum;
}

// Where all paths of a block go on in their lanes: what follows, per lane. Null for other blocks.
const double* BackwardSweep::only_exit_by_lane(const Block& block) const {
    const Block& target = tables_->hmm().blocks()[block.exits[0].block];
    const bool same = block.exits.size() == 1 && target.lanes == block.lanes;
    return same ? &entered_[target.first_lane] : nullptr;
}

void BackwardSweep::step(int base, Context context) {
    const std::vector<Block>& blocks = tables_->hmm().blocks();
    const double* letters = tables_->of(base);
    double total = 0;
    for (const Block& block : blocks) {
        const int first = block.first_state;
        total += multiply(&values_[first], letters + first, &emitted_[first], block.states(),
                          block.context_probability(context, base));
    }
    const double scale = 1 / total;
    for (const Block& block : blocks) {
        double* entered = &entered_[block.first_lane];
        const double* emitted = &emitted_[block.first_state];
        if (block.entry.empty()) {
            for (int lane = 0; lane < block.lanes; ++lane) entered[lane] = scale * emitted[lane];
        } else {
            entered[0] = scale * dot(block.entry.data(), emitted, block.rows);
        }
    }
    for (const Block& block : blocks) {
        const int first = block.first_state;
        const double leaving = block.leave > 0 ? block.leave * outflow(block, 0, context) : 0;
        if (block.rows > 1) {
            shift_backward(&emitted_[first], &values_[first], block.states(), block.lanes,
                           {scale * block.advance, scale * block.stay, scale * block.skip},
                           leaving);
        } else {
            for (int lane = 0; lane < block.lanes; ++lane) {
                values_[first + lane] = scale * block.stay * emitted_[first + lane];
            }
        }
        const double ending = 1 - block.stay - block.leave;
        double* last = &values_[first + (block.rows - 1) * block.lanes];
        const double* same_lanes = only_exit_by_lane(block);
        for (int lane = 0; lane < block.lanes; ++lane) {
            const double out = same_lanes ? same_lanes[lane] : outflow(block, lane, context);
            last[lane] += ending * out;
            if (block.skip > 0) last[lane - block.lanes] += block.skip * out;
        }
    }
}

}  // namespace dna_hnet::simulate
