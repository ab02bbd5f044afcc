#include "simulate/block_hmm.hpp"

#include <fmt/format.h>

#include <cmath>
#include <stdexcept>

namespace dna_hnet::simulate {
namespace {

// Draws an index with the given weights, which sum to one up to rounding.
template <class Weight>
int draw(int count, Random& random, Weight weight) {
    double left = random.uniform();
    int last = 0;
    for (int i = 0; i < count; ++i) {
        const double here = weight(i);
        if (here <= 0) continue;
        if (left < here) return i;
        left -= here;
        last = i;
    }
    return last;
}

}  // namespace

int BlockHmm::add(Block block) {
    const int padding = block.rows > 1 ? 2 * block.lanes : 0;
    block.first_state = padded_ + padding;
    block.first_lane = lanes_;
    padded_ += block.states() + 2 * padding;
    lanes_ += block.lanes;
    states_ += block.states();
    blocks_.push_back(std::move(block));
    return static_cast<int>(blocks_.size()) - 1;
}

void BlockHmm::check() const {
    const auto one = [](double sum) { return std::abs(sum - 1) < 1e-9; };
    for (std::size_t number = 0; number < blocks_.size(); ++number) {
        const Block& block = blocks_[number];
        double exits = 0, entry = block.entry.empty() ? 1 : 0;
        for (const Exit& exit : block.exits) exits += exit.probability;
        for (const double p : block.entry) entry += p;
        bool good = one(block.advance + block.stay + block.skip + block.leave) && one(exits) &&
                    one(entry) && (block.rows > 1 || block.skip == 0) &&
                    (block.leave == 0 || block.lanes == 1);
        for (const auto& letters : block.letters) {
            good = good && one(letters[0] + letters[1] + letters[2] + letters[3]);
        }
        const std::size_t states = block.states();
        good = good && (block.letters.empty() || block.letters.size() == states);
        if (!good)
            throw std::logic_error(fmt::format("BlockHmm: block {} is no distribution", number));
    }
}

genome::Base BlockHmm::sample(HmmState& state, Context context, Random& random) const {
    const Block* block = &blocks_[state.block];
    const std::array<double, 4> moves{block->advance, block->stay, block->skip, block->leave};
    const int move = draw(4, random, [&](int i) { return moves[i]; });
    const int row = state.row + (move == 0 ? 1 : move == 2 ? 2 : 0);
    if (move == 3 || row >= block->rows) {
        const int exit = draw(static_cast<int>(block->exits.size()), random,
                              [&](int i) { return block->exits[i].probability; });
        const int from = block->lanes;
        state.block = block->exits[exit].block;
        block = &blocks_[state.block];
        state.lane = entered_lane(state.lane, from, block->lanes, context);
        state.row = block->entry.empty()
                        ? 0
                        : draw(block->rows, random, [&](int i) { return block->entry[i]; });
    } else {
        state.row = row;
    }
    const int place = state.row * block->lanes + state.lane;
    return static_cast<genome::Base>(draw(4, random, [&](int base) {
        return block->context_probability(context, base) *
               (block->letters.empty() ? 1 : block->letters[place][base]);
    }));
}

}  // namespace dna_hnet::simulate
