#include "simulate/genome_model.hpp"

#include <cmath>

#include "core/error.hpp"

namespace dna_hnet::simulate {
namespace {

using genome::Strand;

// A start inside the background: its rate per base of background.
struct Start {
    int block;
    double per_base;
};

std::vector<std::array<double, 4>> copy_letters(const RepeatFamily& family, double transition_share,
                                                Strand strand) {
    std::vector<std::array<double, 4>> letters;
    const int length = static_cast<int>(family.consensus.size());
    for (int row = 0; row < length; ++row) {
        const genome::Base base = strand == Strand::forward
                                      ? family.consensus[row]
                                      : genome::complement(family.consensus[length - 1 - row]);
        std::array<double, 4> row_letters{};
        row_letters.fill(family.divergence * (1 - transition_share) / 2);
        row_letters[base] = 1 - family.divergence;
        row_letters[base ^ 2] = family.divergence * transition_share;  // A <-> G, C <-> T
        letters.push_back(row_letters);
    }
    return letters;
}

// A copy loses bases at its 5' end: reversed, it ends early; forward, it starts late, with the same
// distribution of lengths.
Start add_repeat(BlockHmm& hmm, const Parameters& all, int number, Strand strand) {
    const RepeatFamily& family = all.families[number];
    Block block;
    block.part = Part::repeat;
    block.strand = strand;
    block.element = number;
    block.rows = static_cast<int>(family.consensus.size());
    block.stay = block.skip = family.indels / 2;
    const bool reverse = strand == Strand::reverse;
    if (reverse) block.leave = family.truncation;
    block.advance = 1 - block.stay - block.skip - block.leave;
    if (!reverse && family.truncation > 0) {
        block.entry.resize(block.rows);
        for (int row = 0; row < block.rows; ++row) {
            const double reached = std::pow(1 - family.truncation, block.rows - row - 1);
            block.entry[row] = row == 0 ? reached : reached * family.truncation;
        }
    }
    block.letters = copy_letters(family, all.transition_share, strand);
    block.exits = {{0, 1}};
    return {hmm.add(std::move(block)), family.per_base / 2};
}

// `stages` blocks of one row in a row, each with a geometric length.
std::vector<int> add_stages(BlockHmm& hmm, const Block& pattern, const LengthParameters& length) {
    std::vector<int> blocks;
    for (int stage = 0; stage < length.stages; ++stage) {
        Block block = pattern;
        block.stay = 1 - length.stages / length.mean;
        block.advance = 1 - block.stay;
        blocks.push_back(hmm.add(std::move(block)));
    }
    return blocks;
}

Start add_microsatellite(BlockHmm& hmm, const MicrosatelliteParameters& one, double error) {
    Block pattern;
    pattern.part = Part::microsatellite;
    pattern.element = one.period;
    pattern.copy_period = one.period;
    pattern.copy_error = error;
    const std::vector<int> blocks = add_stages(hmm, pattern, one.length);
    for (std::size_t i = 0; i < blocks.size(); ++i)
        hmm.connect(blocks[i], i + 1 < blocks.size() ? blocks[i + 1] : 0, 1);
    return {blocks.front(), one.per_base};
}

// Genes start in islands as well, at `from_island` per base of any stage.
Start add_island(BlockHmm& hmm, const Parameters& all, int gene) {
    Block pattern;
    pattern.part = Part::island;
    pattern.table = std::make_shared<ContextTable>(
        make_chain(all.island, all.order, all.texture_seed, Strand::forward));
    const std::vector<int> blocks = add_stages(hmm, pattern, all.island_length);
    for (std::size_t i = 0; i < blocks.size(); ++i) {
        Block& block = hmm.block(blocks[i]);
        const double ends = block.advance, starts = all.genes.from_island;
        block.advance = ends + starts;
        block.stay = 1 - block.advance;
        block.exits = {{i + 1 < blocks.size() ? blocks[i + 1] : 0, ends / (ends + starts)},
                       {gene, starts / (ends + starts)}};
    }
    return {blocks.front(), all.island_per_base};
}

}  // namespace

BlockHmm make_genome_model(const Parameters& parameters) {
    BlockHmm hmm;
    Block background;
    background.table = std::make_shared<ContextTable>(make_chain(
        parameters.background, parameters.order, parameters.texture_seed, Strand::forward));
    hmm.add(std::move(background));  // block 0: every other element returns to it

    const GeneBlocks forward = add_gene(hmm, parameters, Strand::forward);
    const GeneBlocks reverse = add_gene(hmm, parameters, Strand::reverse);
    const double per_strand = parameters.genes.per_base / 2;
    std::vector<Start> starts{{forward.first, per_strand}, {reverse.first, per_strand}};
    starts.push_back(add_island(hmm, parameters, forward.first));
    hmm.connect(forward.last, 0, 1);
    hmm.connect(reverse.last, 0, 1 - parameters.genes.to_island);
    hmm.connect(reverse.last, starts.back().block, parameters.genes.to_island);
    for (const MicrosatelliteParameters& one : parameters.microsatellites) {
        starts.push_back(add_microsatellite(hmm, one, parameters.microsatellite_error));
    }
    for (int number = 0; number < static_cast<int>(parameters.families.size()); ++number) {
        starts.push_back(add_repeat(hmm, parameters, number, Strand::forward));
        starts.push_back(add_repeat(hmm, parameters, number, Strand::reverse));
    }

    double leaving = 0;
    for (const Start& start : starts) leaving += start.per_base;
    if (!(leaving > 0 && leaving < 1)) {
        throw input_error(
            "simulation parameters: the rates per base of background must sum to more than 0 and "
            "less than 1");
    }
    hmm.block(0).advance = leaving;
    hmm.block(0).stay = 1 - leaving;
    for (const Start& start : starts) hmm.connect(0, start.block, start.per_base / leaving);
    hmm.check();
    return hmm;
}

}  // namespace dna_hnet::simulate
