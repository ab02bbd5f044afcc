#include "config/train_config.hpp"

#include <fmt/format.h>

#include <cmath>

#include "core/error.hpp"

namespace dna_hnet::config {
namespace {

using Json = nlohmann::json;

struct IntegerField {
    const char* key;
    std::int64_t TrainConfig::*member;
    std::int64_t low;
};
constexpr IntegerField kIntegers[] = {{"context", &TrainConfig::context, 2},
                                      {"batch_bases", &TrainConfig::batch_bases, 2},
                                      {"accumulate", &TrainConfig::accumulate, 1},
                                      {"steps", &TrainConfig::steps, 0},
                                      {"seed", &TrainConfig::seed, 0},
                                      {"eval_every", &TrainConfig::eval_every, 0},
                                      {"save_every", &TrainConfig::save_every, 0},
                                      {"eval_bases", &TrainConfig::eval_bases, 0}};

enum class Range { positive, not_negative, fraction, below_one };
struct NumberField {
    const char* key;
    double TrainConfig::*member;
    Range range;
};
constexpr NumberField kNumbers[] = {
    {"learning_rate", &TrainConfig::learning_rate, Range::positive},
    {"warmup_fraction", &TrainConfig::warmup_fraction, Range::fraction},
    {"decay_fraction", &TrainConfig::decay_fraction, Range::fraction},
    {"beta1", &TrainConfig::beta1, Range::below_one},
    {"beta2", &TrainConfig::beta2, Range::below_one},
    {"adam_epsilon", &TrainConfig::adam_epsilon, Range::positive},
    {"weight_decay", &TrainConfig::weight_decay, Range::not_negative},
    {"gradient_clip", &TrainConfig::gradient_clip, Range::positive},
    {"ratio_loss_weight", &TrainConfig::ratio_loss_weight, Range::not_negative},
    {"softmask_weight", &TrainConfig::softmask_weight, Range::not_negative},
    {"reverse_complement", &TrainConfig::reverse_complement, Range::fraction}};

// What a number must be; nullptr when it is that.
const char* violation(double value, Range range) {
    switch (range) {
        case Range::positive:
            return value > 0 && std::isfinite(value) ? nullptr : "a number above 0";
        case Range::not_negative:
            return value >= 0 && std::isfinite(value) ? nullptr : "a number of at least 0";
        case Range::fraction:
            return value >= 0 && value <= 1 ? nullptr : "a number from 0 to 1";
        case Range::below_one:
            return value >= 0 && value < 1 ? nullptr : "a number of at least 0 and below 1";
    }
    return "a known range";
}

std::vector<double> parse_list(JsonReader& root, const std::string& key, double above) {
    const auto list = root.get_or<std::vector<double>>(key, {});
    for (std::size_t i = 0; i < list.size(); ++i) {
        if (!(list[i] > above) || !std::isfinite(list[i])) {
            throw usage_error(fmt::format("{}: {}[{}]: got {}, expected a number above {}",
                                          root.place(), key, i, list[i], above));
        }
    }
    return list;
}

TrainConfig parse_checked(const Json& json, const std::string& place) {
    JsonReader root(json, place);
    TrainConfig config;
    for (const IntegerField& field : kIntegers) {
        std::int64_t& value = config.*field.member;
        value = root.get_or<std::int64_t>(field.key, value);
        if (value < field.low)
            root.fail(field.key, fmt::format("an integer of at least {}", field.low));
    }
    for (const NumberField& field : kNumbers) {
        double& value = config.*field.member;
        value = root.get_or<double>(field.key, value);
        if (const char* expected = violation(value, field.range)) root.fail(field.key, expected);
    }
    config.lr_multipliers = parse_list(root, "lr_multipliers", 0);
    config.target_ratio = parse_list(root, "target_ratio", 1);
    root.finish();
    if (config.warmup_fraction + config.decay_fraction > 1) {
        throw usage_error(
            fmt::format("{}: warmup_fraction {} and decay_fraction {}: expected a sum of at most 1",
                        place, config.warmup_fraction, config.decay_fraction));
    }
    return config;
}

}  // namespace

Json to_json(const TrainConfig& config) {
    Json json;
    for (const IntegerField& field : kIntegers) json[field.key] = config.*field.member;
    for (const NumberField& field : kNumbers) json[field.key] = config.*field.member;
    json["lr_multipliers"] = config.lr_multipliers;
    json["target_ratio"] = config.target_ratio;
    return json;
}

TrainConfig parse_train_config(const Json& json, const std::string& place) {
    try {
        return parse_checked(json, place);
    } catch (const Error& error) {  // JsonReader's errors are of kind bad_input
        throw usage_error(error.what(), error.hint());
    }
}

ConfigFile parse_config_file(const Json& json, const std::string& place) {
    Json model = json;
    if (model.is_object()) model.erase("provenance");  // a run's config.json says how it was made
    if (!model.is_object() || !model.contains("training")) {
        return {parse_model_config(model, place), TrainConfig{}};
    }
    model.erase("training");
    ConfigFile file{parse_model_config(model, place),
                    parse_train_config(json.at("training"), place + ": training")};
    resolve_target_ratio(file.model, file.training.target_ratio);
    return file;
}

std::vector<double> resolve_target_ratio(const ModelConfig& model,
                                         const std::vector<double>& target_ratio) {
    const auto expected = static_cast<std::size_t>(model.num_stages() - 1);
    if (target_ratio.empty()) return std::vector<double>(expected, 3.0);
    if (target_ratio.size() != expected) {
        throw usage_error(
            fmt::format("target_ratio: got {} values, expected {}: one per stage but the "
                        "innermost",
                        target_ratio.size(), expected));
    }
    for (const double ratio : target_ratio) {
        if (!(ratio > 1) || !std::isfinite(ratio)) {
            throw usage_error(
                fmt::format("target_ratio: got {}, expected a number above 1", ratio));
        }
    }
    return target_ratio;
}

std::vector<double> lr_multipliers(const ModelConfig& model,
                                   const std::vector<double>& target_ratio) {
    const std::vector<double> ratio = resolve_target_ratio(model, target_ratio);
    std::vector<double> multipliers;
    double outer_ratio = 1;  // bases per position of stage s
    const auto outer_width = static_cast<double>(model.stages.front().d_model);
    for (std::size_t s = 0; s < model.stages.size(); ++s) {
        const auto width = static_cast<double>(model.stages[s].d_model);
        multipliers.push_back(std::sqrt(outer_width / width / outer_ratio));
        if (s < ratio.size()) outer_ratio *= ratio[s];
    }
    return multipliers;
}

}  // namespace dna_hnet::config
