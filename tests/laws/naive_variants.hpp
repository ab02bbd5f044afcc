#pragma once
// The score of a variant as semantics.md section 7 states it: two full passes, each for itself.
// LibTorch before Catch2.
#include <ATen/ATen.h>
#include <c10/core/InferenceMode.h>

#include <algorithm>
#include <cmath>
#include <ostream>
#include <vector>

#include "evaluate/variant_scorer.hpp"
#include "genome/haplotypes.hpp"
#include "model/language_model.hpp"

namespace dna_hnet::laws {

using evaluate::DirectionScore;
using genome::Base;
using genome::Difference;

// One pass over a whole haplotype.
struct Pass {
    std::vector<double> log2_p;  // of each base
    std::vector<float> boundary;
    std::vector<std::vector<bool>> decisions;
};

inline Pass read_whole(model::LanguageModelImpl& model, const std::vector<Base>& bases,
                       const std::vector<std::vector<bool>>* replay) {
    const c10::InferenceMode inference;
    const auto length = static_cast<std::int64_t>(bases.size());
    auto tokens = at::empty({length + 1}, at::kLong);
    tokens.data_ptr<std::int64_t>()[0] = genome::bos_token(genome::Vocabulary::dna);
    for (std::int64_t i = 0; i < length; ++i) tokens.data_ptr<std::int64_t>()[i + 1] = bases[i];
    std::vector<at::Tensor> forced;
    for (std::size_t s = 0; replay && s < replay->size(); ++s) {
        const auto& stage = (*replay)[s];
        forced.push_back(at::empty({static_cast<std::int64_t>(stage.size())}, at::kBool));
        std::copy(stage.begin(), stage.end(), forced.back().data_ptr<bool>());
    }
    model::ForwardOptions options;
    if (replay) options.forced = &forced;
    const auto output = model.forward(tokens, ops::make_packing({length + 1}, at::kCPU), options);
    const auto log_p = at::log_softmax(output.logits_TV.to(at::kDouble), 1).contiguous();
    const auto* const rows = log_p.const_data_ptr<double>();
    const std::int64_t width = log_p.size(1);
    Pass pass;
    for (std::int64_t i = 0; i < length; ++i) {
        constexpr double kBitsPerNat = 1.4426950408889634;
        pass.log2_p.push_back(bases[i] < 4 ? rows[i * width + bases[i]] * kBitsPerNat
                                           : std::nan(""));
    }
    for (const auto& stage : output.stages) {
        const auto mask = stage.mask_T.contiguous();
        pass.decisions.emplace_back(mask.data_ptr<bool>(), mask.data_ptr<bool>() + mask.numel());
    }
    if (!output.stages.empty()) {
        const auto prob = output.stages[0].prob_T.contiguous();
        pass.boundary.assign(prob.data_ptr<float>() + 1, prob.data_ptr<float>() + prob.numel());
    }
    return pass;
}

inline double sum(const std::vector<double>& values, std::int64_t begin, std::int64_t end) {
    double total = 0;
    for (std::int64_t i = begin; i < end; ++i) {
        if (!std::isnan(values[i])) total += values[i];
    }
    return total;
}

// semantics.md section 7, word for word.
inline DirectionScore by_definition(const Difference& difference, const Pass& reference,
                                    const Pass& alternative, std::int64_t suffix) {
    const auto first = difference.first, r = difference.ref_length;
    const auto a = static_cast<std::int64_t>(difference.alternative.size());
    const auto scored = std::count_if(reference.log2_p.begin(), reference.log2_p.end(),
                                      [](double value) { return !std::isnan(value); });
    const double b =
        -sum(reference.log2_p, 0, difference.window.length()) / static_cast<double>(scored);
    DirectionScore score;
    score.site = sum(alternative.log2_p, first, first + a) -
                 sum(reference.log2_p, first, first + r) + b * static_cast<double>(a - r);
    const std::int64_t compared = std::min(suffix, difference.tail());
    score.flank = sum(alternative.log2_p, first + a, first + a + compared) -
                  sum(reference.log2_p, first + r, first + r + compared);
    return score;
}

inline std::vector<Base> alternative_of(const std::vector<Base>& window,
                                        const Difference& difference) {
    std::vector<Base> bases(window.begin(), window.begin() + difference.first);
    bases.insert(bases.end(), difference.alternative.begin(), difference.alternative.end());
    bases.insert(bases.end(), window.begin() + difference.first + difference.ref_length,
                 window.end());
    return bases;
}

// How many readings were repeated without the replay, and how many of them decided otherwise.
struct Free {
    std::int64_t readings = 0, differ = 0;
};
inline std::ostream& operator<<(std::ostream& out, const Free& free) {
    return out << free.differ << " of " << free.readings
               << " readings decide otherwise without the replay\n";
}

}  // namespace dna_hnet::laws
