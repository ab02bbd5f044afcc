#pragma once
// Sequences as the model reads them: tokens, targets and loss weights of several sequences end to
// end.
//
// A sequence of n bases gives n tokens: inputs BOS b0 ... b(n-2), targets b0 ... b(n-1).
//   "ACn" -> inputs BOS A C, targets A C N, scored 1 1 0
#include <cstdint>
#include <span>
#include <vector>

#include "genome/alphabet.hpp"

namespace dna_hnet::batch {

struct TokenBatch {
    std::vector<std::int64_t> lengths;          // tokens per sequence
    std::vector<std::uint8_t> inputs, targets;  // all sequences end to end
    std::vector<float>
        scored;  // 1 where the target is A C G T (and inside what was asked for), else 0
    std::vector<float> weights;  // of the loss: `scored`, times the soft-mask weight where the
                                 // target is soft-masked
    double total_weight = 0;
    std::int64_t scored_bases = 0;

    std::int64_t tokens() const { return static_cast<std::int64_t>(inputs.size()); }
};

struct WeightRule {
    double soft_masked = 1;
};

// `bases` in reading direction. Targets outside [scored_begin, scored_end) are read, not scored.
void append_sequence(TokenBatch& batch, std::span<const genome::Base> bases,
                     genome::Vocabulary vocabulary, const WeightRule& rule,
                     std::int64_t scored_begin, std::int64_t scored_end);
inline void append_sequence(TokenBatch& batch, std::span<const genome::Base> bases,
                            genome::Vocabulary vocabulary, const WeightRule& rule) {
    append_sequence(batch, bases, vocabulary, rule, 0, static_cast<std::int64_t>(bases.size()));
}

}  // namespace dna_hnet::batch
