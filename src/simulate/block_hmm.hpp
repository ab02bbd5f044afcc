#pragma once
// A hidden Markov model of DNA in blocks: the states of a block are rows x lanes, and all rows
// share their transitions.
//
// From row r of a block a path goes to row r + 1 (advance), stays (stay), goes to row r + 2 (skip),
// or leaves the block; what would advance or skip past the last row leaves as well. A path that
// leaves enters the first row (or a row drawn from `entry`) of one of the `exits`. The lane
// remembers up to two bases: entering a block with more lanes appends the bases just read.
#include <array>
#include <memory>
#include <vector>

#include "core/random.hpp"
#include "simulate/context_table.hpp"

namespace dna_hnet::simulate {

enum class Part {
    background,
    island,
    microsatellite,
    repeat,
    // Parts of genes, in transcript order. Everything from utr5 on is transcribed; the intron is
    // spliced out.
    promoter,
    utr5,
    start_codon,
    coding,
    intron,
    stop_codon,
    utr3,
};
constexpr bool is_gene(Part part) {
    return part >= Part::promoter;
}

struct Exit {
    int block = 0;
    double probability = 0;
};

struct Block {
    Part part = Part::background;
    genome::Strand strand = genome::Strand::forward;
    int element = 0;  // number of the repeat family; period of the microsatellite
    int rows = 1, lanes = 1;
    double advance = 0, stay = 0, skip = 0,
           leave = 0;           // sum to one; a block of one row has no skip
    std::vector<double> entry;  // per row; empty: always row 0
    std::vector<Exit> exits;    // sum to one
    // The probability of a base is the product of those given here; each block has one or two.
    std::shared_ptr<const ContextTable> table;  // given the last bases
    int copy_period = 0;  // above 0: equal to the base so many before, with copy_error
    double copy_error = 0;
    std::vector<std::array<double, 4>> letters;  // per state (row-major); empty: 1

    int first_state = 0, first_lane = 0;  // set by BlockHmm::add
    int states() const { return rows * lanes; }
    // Probability that does not depend on row and lane.
    double context_probability(Context context, int base) const {
        if (table) return (*table)(context, base);
        if (copy_period == 0) return 1;
        const bool equal = static_cast<int>((context >> (2 * (copy_period - 1))) & 3) == base;
        return equal ? 1 - copy_error : copy_error / 3;
    }
};

// Lane in a block of `to` lanes for a path from lane `lane` of `from` lanes; `context` has the
// bases read so far.
constexpr int entered_lane(int lane, int from, int to, Context context) {
    if (to == 1) return 0;
    const int ratio = to / from;
    return lane * ratio + static_cast<int>(context & static_cast<Context>(ratio - 1));
}

struct HmmState {
    int block = 0, row = 0, lane = 0;
};

class BlockHmm {
  public:
    int add(Block block);  // its number; the first block is where every segment starts
    void connect(int from, int to, double probability) {
        blocks_[from].exits.push_back({to, probability});
    }
    Block& block(int number) { return blocks_[number]; }
    const std::vector<Block>& blocks() const { return blocks_; }
    int lane_count() const { return lanes_; }
    // Entries of a vector over all states, with zeros before and after each block for shifts by up
    // to two rows.
    int padded_states() const { return padded_; }
    int state_count() const { return states_; }
    // Throws std::logic_error unless all transitions and letters are probabilities: the model is
    // built from checked parameters.
    void check() const;

    // Moves to the next state and draws its base.
    genome::Base sample(HmmState& state, Context context, Random& random) const;

  private:
    std::vector<Block> blocks_;
    int states_ = 0, lanes_ = 0, padded_ = 0;
};

}  // namespace dna_hnet::simulate
