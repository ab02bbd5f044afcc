#include "simulate/context_table.hpp"

#include <cmath>

#include "core/random.hpp"

namespace dna_hnet::simulate {
namespace {

// Words of up to 16 bases as numbers, the last base lowest.
std::uint32_t reverse_complement(std::uint32_t word, int length) {
    std::uint32_t result = 0;
    for (int i = 0; i < length; ++i, word >>= 2) result = (result << 2) | (3 - (word & 3));
    return result;
}

std::uint32_t word_number(const std::string& word) {
    std::uint32_t number = 0;
    for (const char letter : word) {
        number = (number << 2) | static_cast<std::uint32_t>(std::string_view("ACGT").find(letter));
    }
    return number;
}

// Energy that the last base of each word of `length` bases adds: the words that end with it.
std::vector<double> word_energies(const ChainParameters& chain, int length, std::uint64_t seed,
                                  genome::Strand strand) {
    const std::uint32_t count = 1u << (2 * length);
    std::vector<double> energies(count, 0);
    Random random(seed, 0);
    std::vector<double> texture(count);
    for (double& value : texture) value = chain.texture * random.normal();
    const bool reverse = strand == genome::Strand::reverse && !chain.strand_symmetric;
    for (std::uint32_t word = 0; word < count; ++word) {
        const std::uint32_t other = reverse_complement(word, length);
        energies[word] = texture[chain.strand_symmetric ? std::min(word, other)
                                 : reverse              ? other
                                                        : word];
    }
    for (const auto& [text, energy] : chain.words) {
        const int size = static_cast<int>(text.size());
        const std::uint32_t mask = (1u << (2 * size)) - 1, word = word_number(text);
        const std::uint32_t other = reverse_complement(word, size);
        for (std::uint32_t end = 0; end < count; ++end) {
            const std::uint32_t tail = end & mask;
            const bool hit = chain.strand_symmetric ? tail == word || tail == other
                                                    : tail == (reverse ? other : word);
            if (hit) energies[end] += energy;
        }
    }
    return energies;
}

}  // namespace

ContextTable make_chain(const ChainParameters& chain, int order, std::uint64_t texture_seed,
                        genome::Strand strand) {
    const std::vector<double> energies = word_energies(chain, order + 1, texture_seed, strand);
    const std::uint32_t contexts = 1u << (2 * order);
    const auto next = [&](std::uint32_t word) { return word & (contexts - 1); };
    // The chain of a Gibbs measure: P(b | c) = exp(energy(cb)) r(c') / (lambda r(c)), r the leading
    // eigenvector.
    std::vector<double> weights(energies.size()), right(contexts, 1), image(contexts);
    for (std::size_t i = 0; i < weights.size(); ++i) weights[i] = std::exp(energies[i]);
    for (int iteration = 0; iteration < 500; ++iteration) {
        double largest = 0;
        for (std::uint32_t c = 0; c < contexts; ++c) {
            image[c] = 0;
            for (std::uint32_t b = 0; b < 4; ++b)
                image[c] += weights[4 * c + b] * right[next(4 * c + b)];
            largest = std::max(largest, image[c]);
        }
        for (std::uint32_t c = 0; c < contexts; ++c) right[c] = image[c] / largest;
    }
    ContextTable table{order, weights};
    for (std::uint32_t c = 0; c < contexts; ++c) {
        double sum = 0;
        for (std::uint32_t b = 0; b < 4; ++b)
            sum += table.probabilities[4 * c + b] *= right[next(4 * c + b)];
        for (std::uint32_t b = 0; b < 4; ++b) table.probabilities[4 * c + b] /= sum;
    }
    return table;
}

std::array<ContextTable, 3> make_codon_tables(const std::array<double, 64>& weights,
                                              genome::Strand strand) {
    std::array<double, 64> read{};
    for (std::uint32_t codon = 0; codon < 64; ++codon) {
        read[codon] =
            weights[strand == genome::Strand::forward ? codon : reverse_complement(codon, 3)];
    }
    std::array<ContextTable, 3> tables;
    for (int position = 0; position < 3; ++position) {
        // Sums over the bases that follow; contexts that no codon has keep a uniform row, which
        // nothing reaches.
        std::vector<double> sums(std::size_t{4} << (2 * position), 0);
        for (std::uint32_t codon = 0; codon < 64; ++codon)
            sums[codon >> (2 * (2 - position))] += read[codon];
        for (std::size_t row = 0; row < sums.size(); row += 4) {
            const double total = sums[row] + sums[row + 1] + sums[row + 2] + sums[row + 3];
            for (int b = 0; b < 4; ++b) sums[row + b] = total > 0 ? sums[row + b] / total : 0.25;
        }
        tables[position] = {position, sums};
    }
    return tables;
}

}  // namespace dna_hnet::simulate
