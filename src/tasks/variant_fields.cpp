#include "tasks/variant_fields.hpp"

#include <fmt/format.h>

#include <limits>

namespace dna_hnet::tasks {
namespace {

using evaluate::DirectionScore;
using Type = hts::InfoField::Type;

float number(std::optional<double> value) {
    return value ? static_cast<float>(*value) : std::numeric_limits<float>::quiet_NaN();
}

template <class Value>
std::vector<Value> of_each(const std::vector<ScoredAllele>& alleles, const auto& value) {
    std::vector<Value> values;
    for (const ScoredAllele& allele : alleles) values.push_back(value(allele));
    return values;
}

// Gain, loss and their offsets in one direction.
void add_boundaries(const std::vector<ScoredAllele>& alleles, std::size_t direction,
                    std::vector<hts::InfoValue>& values) {
    using evaluate::BoundaryEffect;
    const auto numbers = [&](float BoundaryEffect::*member) {
        return of_each<float>(alleles, [&](const ScoredAllele& allele) {
            const auto& score = allele.directions[direction];
            return score ? score->boundaries.*member : std::numeric_limits<float>::quiet_NaN();
        });
    };
    const auto offsets = [&](std::optional<std::int32_t> BoundaryEffect::*member) {
        return of_each<std::optional<std::int32_t>>(alleles, [&](const ScoredAllele& allele) {
            const auto& score = allele.directions[direction];
            return score ? score->boundaries.*member : std::nullopt;
        });
    };
    values.emplace_back(numbers(&BoundaryEffect::gain));
    values.emplace_back(numbers(&BoundaryEffect::loss));
    values.emplace_back(offsets(&BoundaryEffect::gain_offset));
    values.emplace_back(offsets(&BoundaryEffect::loss_offset));
}

}  // namespace

double llr_of(const DirectionScore& score) {
    return score.llr();
}
double site_of(const DirectionScore& score) {
    return score.site;
}
double flank_of(const DirectionScore& score) {
    return score.flank;
}

std::optional<double> ScoredAllele::mean(double (*value)(const DirectionScore&)) const {
    if (!directions[0] || !directions[1]) return std::nullopt;
    return (value(*directions[0]) + value(*directions[1])) / 2;
}

std::vector<hts::InfoField> variant_fields(std::int64_t context, std::optional<std::int64_t> suffix,
                                           bool boundary_effects) {
    const std::string settings =
        fmt::format("context={} suffix={}", context, suffix ? fmt::to_string(*suffix) : "all");
    std::vector<hts::InfoField> fields{
        {"DHN_LLR", Type::number,
         "SITE + FLANK in log2 units, mean of both directions, negative: the alternative is less "
         "likely; " +
             settings},
        {"DHN_LLRF", Type::number, "SITE + FLANK in log2 units, read forward"},
        {"DHN_LLRR", Type::number, "SITE + FLANK in log2 units, read on the reverse complement"},
        {"DHN_SITE", Type::number,
         "log2 likelihood ratio of the bases that differ, each base more or less at the window's "
         "mean; mean of both directions"},
        {"DHN_FLANK", Type::number,
         "log2 likelihood ratio of the bases behind them, the same in both haplotypes; mean of "
         "both "
         "directions"},
        {"DHN_STATUS", Type::text, "OK, or why this allele has no score"},
    };
    for (const char* direction : {"F", "R"}) {
        if (!boundary_effects) break;
        const std::string read =
            direction[0] == 'F' ? "read forward" : "read on the reverse strand";
        fields.push_back(
            {std::string("DHN_BGAIN") + direction, Type::number,
             "Largest rise of a chunk boundary's probability within 100 bases, " + read});
        fields.push_back(
            {std::string("DHN_BLOSS") + direction, Type::number,
             "Largest fall of a chunk boundary's probability within 100 bases, " + read});
        fields.push_back({std::string("DHN_BGPOS") + direction, Type::integer,
                          "Bases from the allele to the largest rise, in reading direction"});
        fields.push_back({std::string("DHN_BLPOS") + direction, Type::integer,
                          "Bases from the allele to the largest fall, in reading direction"});
    }
    fields.push_back({"DHN_INTRAIN", Type::flag, "REF touches what the model was trained on"});
    fields.push_back({"DHN_NOALT", Type::flag, "The record has no alternative allele"});
    return fields;
}

std::vector<std::string> other_fields(bool boundary_effects) {
    std::vector<std::string> names;
    for (const char* direction : {"F", "R"}) {
        for (const char* field : {"DHN_BGAIN", "DHN_BLOSS", "DHN_BGPOS", "DHN_BLPOS"}) {
            if (!boundary_effects) names.push_back(std::string(field) + direction);
        }
    }
    return names;
}

std::vector<hts::InfoValue> field_values(const std::vector<ScoredAllele>& alleles, bool in_training,
                                         bool boundary_effects) {
    std::vector<hts::InfoValue> values;
    const auto mean = [&](double (*value)(const DirectionScore&)) {
        return of_each<float>(
            alleles, [&](const ScoredAllele& allele) { return number(allele.mean(value)); });
    };
    const auto one = [&](std::size_t direction) {
        return of_each<float>(alleles, [&](const ScoredAllele& allele) {
            const auto& score = allele.directions[direction];
            return number(score ? std::optional(score->llr()) : std::nullopt);
        });
    };
    values.emplace_back(mean(llr_of));
    values.emplace_back(one(0));
    values.emplace_back(one(1));
    values.emplace_back(mean(site_of));
    values.emplace_back(mean(flank_of));
    values.emplace_back(of_each<std::string>(alleles, [](const ScoredAllele& allele) {
        return std::string(genome::status_name(allele.status));
    }));
    if (boundary_effects) {
        add_boundaries(alleles, 0, values);
        add_boundaries(alleles, 1, values);
    }
    values.emplace_back(in_training);
    values.emplace_back(alleles.empty());
    return values;
}

std::vector<std::string> variant_header(const Provenance& provenance) {
    if (!provenance.enabled) return {};
    return {fmt::format("##dna-hnet_variantsVersion={}", version()),
            fmt::format("##dna-hnet_variantsCommand={}", provenance.command),
            fmt::format("##dna-hnet_model=sha256:{}", provenance.model_fingerprint),
            fmt::format("##dna-hnet_reference={}", provenance.reference_fingerprint),
            fmt::format("##dna-hnet_settings={}", provenance.settings)};
}

}  // namespace dna_hnet::tasks
