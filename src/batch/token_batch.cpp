#include "batch/token_batch.hpp"

namespace dna_hnet::batch {

void append_sequence(TokenBatch& batch, std::span<const genome::Base> bases,
                     genome::Vocabulary vocabulary, const WeightRule& rule,
                     std::int64_t scored_begin, std::int64_t scored_end) {
    if (bases.empty()) return;
    std::uint8_t input = genome::bos_token(vocabulary);
    for (std::size_t i = 0; i < bases.size(); ++i) {
        const genome::Base base = bases[i];
        const std::uint8_t target = genome::token_of_base(vocabulary, base);
        const auto place = static_cast<std::int64_t>(i);
        const bool scored = genome::is_acgt(base) && place >= scored_begin && place < scored_end;
        const double weight = !scored ? 0 : genome::is_soft_masked(base) ? rule.soft_masked : 1;
        batch.inputs.push_back(input);
        batch.targets.push_back(target);
        batch.scored.push_back(scored ? 1.0F : 0.0F);
        batch.weights.push_back(static_cast<float>(weight));
        batch.total_weight += weight;
        batch.scored_bases += scored;
        input = target;
    }
    batch.lengths.push_back(static_cast<std::int64_t>(bases.size()));
}

}  // namespace dna_hnet::batch
