#include "simulate/truth.hpp"

#include <algorithm>
#include <cmath>

namespace dna_hnet::simulate {
namespace {

using genome::Base;
using genome::base_code;

// A changed base changes emissions as long as it stands in the context: up to this base, then all
// is as before.
std::int64_t last_changed(std::int64_t position, std::int64_t length) {
    return std::min<std::int64_t>(position + kContextBases, length - 1);
}

std::vector<Context> contexts_of(const std::vector<Base>& bases) {
    std::vector<Context> contexts(bases.size());
    Context context = 0;
    for (std::size_t i = 0; i < bases.size(); ++i) {
        contexts[i] = context;
        context = push_base(context, base_code(bases[i]));
    }
    return contexts;
}

// For each variant, the backward values after its last changed base.
std::vector<std::vector<double>> backward_values(const EmissionTables& tables,
                                                 const std::vector<Base>& bases,
                                                 const std::vector<SimulatedVariant>& variants) {
    std::vector<std::vector<double>> values(variants.size());
    if (variants.empty()) return values;
    const std::vector<Context> contexts = contexts_of(bases);
    const auto length = static_cast<std::int64_t>(bases.size());
    BackwardSweep sweep(tables);
    std::int64_t next = static_cast<std::int64_t>(variants.size()) - 1;
    for (std::int64_t position = length - 1; next >= 0; --position) {
        while (next >= 0 && last_changed(variants[next].position, length) == position) {
            values[next--] = sweep.values();
        }
        sweep.step(base_code(bases[position]), contexts[position]);
    }
    return values;
}

// log2 of the probability of `bases` from `begin` on, up to a term that ref and alt share.
double log2_probability(ForwardSweep sweep, const std::vector<Base>& bases, std::int64_t begin,
                        Base first, const std::vector<double>& after) {
    double sum = std::log2(sweep.step(base_code(first)));
    const std::int64_t last = last_changed(begin, static_cast<std::int64_t>(bases.size()));
    for (std::int64_t i = begin + 1; i <= last; ++i)
        sum += std::log2(sweep.step(base_code(bases[i])));
    double product = 0;
    for (std::size_t i = 0; i < after.size(); ++i) product += sweep.shares()[i] * after[i];
    return sum + std::log2(product * sweep.scale());
}

}  // namespace

std::vector<float> bits_of(const EmissionTables& tables, const std::vector<Base>& bases) {
    std::vector<SimulatedVariant> none;
    return score_segment(tables, bases, none);
}

std::vector<float> score_segment(const EmissionTables& tables, const std::vector<Base>& bases,
                                 std::vector<SimulatedVariant>& variants) {
    std::vector<std::vector<double>> after = backward_values(tables, bases, variants);
    std::vector<float> bits(bases.size());
    ForwardSweep sweep(tables);
    std::size_t next = 0;
    for (std::size_t i = 0; i < bases.size(); ++i) {
        for (; next < variants.size() && variants[next].position == static_cast<std::int64_t>(i);
             ++next) {
            SimulatedVariant& variant = variants[next];
            const std::int64_t at = variant.position;
            variant.true_llr = log2_probability(sweep, bases, at, variant.alt, after[next]) -
                               log2_probability(sweep, bases, at, variant.ref, after[next]);
            after[next] = {};
        }
        bits[i] = static_cast<float>(-std::log2(sweep.step(base_code(bases[i]))));
    }
    return bits;
}

}  // namespace dna_hnet::simulate
