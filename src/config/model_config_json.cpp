// The JSON of a model, both ways.
#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "config/model_config.hpp"
#include "core/error.hpp"

namespace dna_hnet::config {
namespace {

using Json = nlohmann::json;

constexpr std::int64_t kLargestWidth =
    1 << 20;  // keeps every product of two widths far from overflow
constexpr std::size_t kMostStages = 16;

[[noreturn]] void fail(const std::string& path, const Json& got, const std::string& expected) {
    std::string text = got.dump(-1, ' ', false, Json::error_handler_t::replace);
    if (text.size() > 60) text = text.substr(0, 57) + "...";
    throw usage_error(fmt::format("{}: got {}, expected {}", path, text, expected));
}

std::int64_t integer_at(const std::string& path, const Json& value, std::int64_t low,
                        std::int64_t high) {
    const std::string expected = fmt::format("an integer from {} to {}", low, high);
    if (!value.is_number_integer()) fail(path, value, expected);
    if (value.is_number_unsigned() &&
        value.get<std::uint64_t>() > static_cast<std::uint64_t>(high)) {
        fail(path, value, expected);
    }
    const auto number = value.get<std::int64_t>();
    if (number < low || number > high) fail(path, value, expected);
    return number;
}

std::string stack_at(const std::string& path, const Json& value) {
    if (!value.is_string()) fail(path, value, "a stack such as \"m3T1\"");
    auto text = value.get<std::string>();
    try {
        parse_stack(text);
    } catch (const Error& error) {
        throw usage_error(fmt::format("{}: {}", path, error.what()), error.hint());
    }
    return text;
}

// [encoder, [inner], decoder] or [main], outermost first.
std::vector<StageConfig> parse_layout(const std::string& path, const Json& layout) {
    std::vector<StageConfig> stages;
    const Json* level = &layout;
    std::string here = path;
    while (true) {
        if (!level->is_array() || (level->size() != 1 && level->size() != 3)) {
            fail(here, *level, "a list [main] or [encoder, [...], decoder]");
        }
        if (stages.size() == kMostStages) {
            throw usage_error(fmt::format("{}: more than {} stages", path, kMostStages));
        }
        StageConfig& stage = stages.emplace_back();
        if (level->size() == 1) {
            stage.main = stack_at(here + "[0]", (*level)[0]);
            return stages;
        }
        stage.encoder = stack_at(here + "[0]", (*level)[0]);
        stage.decoder = stack_at(here + "[2]", (*level)[2]);
        level = &(*level)[1];
        here += "[1]";
    }
}

// Visits the entry of every stage: a list has one per stage, anything else is shared by all.
void for_each_stage(
    const std::string& path, const Json& value, std::vector<StageConfig>& stages,
    const std::function<void(const std::string&, const Json&, StageConfig&)>& visit) {
    if (!value.is_array()) {
        for (StageConfig& stage : stages) visit(path, value, stage);
        return;
    }
    if (value.size() != stages.size()) {
        fail(path, value, fmt::format("{} entries, one per stage", stages.size()));
    }
    for (std::size_t s = 0; s < stages.size(); ++s) {
        visit(fmt::format("{}[{}]", path, s), value[s], stages[s]);
    }
}

struct Field {
    const char* key;
    std::int64_t StageConfig::*member;
    std::int64_t low, high;
};
constexpr Field kSsmFields[] = {{"d_conv", &StageConfig::d_conv, 2, 16},
                                {"expand", &StageConfig::expand, 1, 16},
                                {"d_state", &StageConfig::d_state, 1, 4096},
                                {"chunk_size", &StageConfig::ssm_chunk, 1, 65536},
                                {"head_dim", &StageConfig::head_dim, 1, 4096}};
constexpr Field kAttentionFields[] = {
    {"num_heads", &StageConfig::num_heads, 0, 4096},
    {"rotary_emb_dim", &StageConfig::rotary_dim, 0, 65536},
    {"window_size", &StageConfig::window, -1, std::int64_t{1} << 40}};

template <std::size_t N>
void parse_fields(JsonReader& root, const std::string& group, const Field (&fields)[N],
                  std::vector<StageConfig>& stages) {
    if (!root.has(group)) return;
    JsonReader reader = root.object(group);
    for (const Field& field : fields) {
        if (!reader.has(field.key)) continue;
        for_each_stage(fmt::format("{}.{}", reader.place(), field.key), reader.raw(field.key),
                       stages, [&](const std::string& path, const Json& value, StageConfig& stage) {
                           stage.*field.member = integer_at(path, value, field.low, field.high);
                       });
    }
    reader.finish();
}

void parse_mlp_width(const std::string& path, const Json& value, StageConfig& stage) {
    if (!value.is_object()) {
        const std::int64_t width = integer_at(path, value, 0, kLargestWidth);
        stage.mlp_width_mamba = stage.mlp_width_attention = width;
        return;
    }
    for (const auto& [letter, width] : value.items()) {
        const std::string here = fmt::format("{}.{}", path, letter);
        if (letter != "M" && letter != "T") {
            throw usage_error(fmt::format("{}: unknown key, expected \"M\" or \"T\"", here));
        }
        (letter == "M" ? stage.mlp_width_mamba : stage.mlp_width_attention) =
            integer_at(here, width, 0, kLargestWidth);
    }
}

void check_attention(const std::string& where, const StageConfig& stage) {
    if (stage.num_heads < 1 || stage.d_model % stage.num_heads != 0) {
        throw usage_error(
            fmt::format("{}: attn_cfg.num_heads: got {}, expected a divisor of d_model {}", where,
                        stage.num_heads, stage.d_model));
    }
    const std::int64_t head_width = stage.d_model / stage.num_heads;
    if (stage.rotary_dim % 2 != 0 || stage.rotary_dim > head_width) {
        throw usage_error(fmt::format(
            "{}: attn_cfg.rotary_emb_dim: got {}, expected an even number up to the head width {}",
            where, stage.rotary_dim, head_width));
    }
}

void check_stage(const std::string& where, const StageConfig& stage) {
    const std::string letters = stage.encoder + stage.main + stage.decoder;
    for (const char letter : {'m', 'M', 't', 'T'}) {
        if (letters.find(letter) == std::string::npos) continue;
        const Layer layer{letter};
        if (layer.has_attention()) check_attention(where, stage);
        if (layer.has_ssm() && stage.d_inner() % stage.head_dim != 0) {
            throw usage_error(fmt::format(
                "{}: ssm_cfg.head_dim: got {}, expected a divisor of expand x d_model = {}", where,
                stage.head_dim, stage.d_inner()));
        }
        if (layer.has_mlp() && stage.mlp_width(layer) < 1) {
            throw usage_error(fmt::format(
                "{}: d_intermediate: got 0, expected the MLP width of the stage's {} layers", where,
                letter));
        }
    }
}

ModelConfig parse_checked(const Json& json, const std::string& place) {
    JsonReader root(json, place);
    ModelConfig config;
    config.stages = parse_layout(place + ": arch_layout", root.raw("arch_layout"));
    if (!root.raw("d_model").is_array()) root.fail("d_model", "a list, one width per stage");
    for_each_stage(place + ": d_model", root.raw("d_model"), config.stages,
                   [](const std::string& path, const Json& value, StageConfig& stage) {
                       stage.d_model = integer_at(path, value, 1, kLargestWidth);
                   });
    if (root.has("d_intermediate")) {
        for_each_stage(place + ": d_intermediate", root.raw("d_intermediate"), config.stages,
                       parse_mlp_width);
    }
    if (root.has("vocab_size")) {
        config.vocab_size =
            integer_at(place + ": vocab_size", root.raw("vocab_size"), 2, kLargestWidth);
    } else {
        config.vocab_size = 256;  // the released configurations' default
    }
    parse_fields(root, "ssm_cfg", kSsmFields, config.stages);
    parse_fields(root, "attn_cfg", kAttentionFields, config.stages);
    config.tie_embeddings = root.get_or<bool>("tie_embeddings", false);
    root.finish();
    for (std::size_t s = 0; s < config.stages.size(); ++s) {
        if (s > 0 && config.stages[s].d_model < config.stages[s - 1].d_model) {
            throw usage_error(
                fmt::format("{}: d_model[{}]: got {}, expected at least {}, the width "
                            "of the stage around it",
                            place, s, config.stages[s].d_model, config.stages[s - 1].d_model));
        }
        check_stage(fmt::format("{}: stage {}", place, s), config.stages[s]);
    }
    return config;
}

}  // namespace

ModelConfig parse_model_config(const Json& json, const std::string& place) {
    try {
        return parse_checked(json, place);
    } catch (const Error& error) {  // JsonReader's errors are of kind bad_input
        throw usage_error(error.what(), error.hint());
    }
}

Json to_json(const ModelConfig& config) {
    Json layout;
    for (auto stage = config.stages.rbegin(); stage != config.stages.rend(); ++stage) {
        layout = stage->innermost() ? Json::array({stage->main})
                                    : Json::array({stage->encoder, layout, stage->decoder});
    }
    const auto per_stage = [&](std::int64_t StageConfig::*member) {
        Json list = Json::array();
        for (const StageConfig& stage : config.stages) list.push_back(stage.*member);
        return list;
    };
    Json widths = Json::array();
    for (const StageConfig& stage : config.stages) {
        if (stage.mlp_width_mamba == stage.mlp_width_attention) {
            widths.push_back(stage.mlp_width_mamba);
        } else {
            widths.push_back({{"M", stage.mlp_width_mamba}, {"T", stage.mlp_width_attention}});
        }
    }
    Json ssm, attention;
    for (const Field& field : kSsmFields) {
        // One number where the stages agree, as the released files have it.
        Json list = per_stage(field.member);
        const bool equal = std::all_of(list.begin(), list.end(),
                                       [&](const Json& value) { return value == list.front(); });
        ssm[field.key] = equal ? list.front() : list;
    }
    for (const Field& field : kAttentionFields) attention[field.key] = per_stage(field.member);
    return {{"arch_layout", layout},
            {"d_model", per_stage(&StageConfig::d_model)},
            {"d_intermediate", widths},
            {"vocab_size", config.vocab_size},
            {"ssm_cfg", ssm},
            {"attn_cfg", attention},
            {"tie_embeddings", config.tie_embeddings}};
}

}  // namespace dna_hnet::config
