#include "config/costs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "config/train_config.hpp"
#include "core/error.hpp"

namespace dna_hnet::config {
namespace {

// Positions of each stage for `context` bases.
std::vector<double> stage_lengths(const ModelConfig& model, std::int64_t context,
                                  const std::vector<double>& target_ratio) {
    if (context < 1) {
        throw usage_error(fmt::format("context: got {}, expected at least 1 base", context));
    }
    std::vector<double> lengths{static_cast<double>(context)};
    for (const double ratio : resolve_target_ratio(model, target_ratio)) {
        lengths.push_back(lengths.back() / ratio);
    }
    return lengths;
}

std::int64_t layer_parameters(const StageConfig& stage, Layer layer) {
    const std::int64_t d = stage.d_model, inner = stage.d_inner(), heads = stage.ssm_heads();
    std::int64_t count = d;  // norm1
    if (layer.has_attention()) {
        count += 4 * d * d;
    } else {
        const std::int64_t convolved = inner + 2 * stage.d_state;
        count += (2 * inner + 2 * stage.d_state + heads) * d  // in_proj
                 + convolved * (stage.d_conv + 1)             // conv1d weight and bias
                 + 3 * heads                                  // dt_bias, A_log, D
                 + inner + inner * d;                         // norm, out_proj
    }
    if (layer.has_mlp()) count += d + 3 * d * stage.mlp_width(layer);
    return count;
}

// Per position of the stage, with `keys` visible keys.
double layer_flops(const StageConfig& stage, Layer layer, double keys) {
    const auto d = static_cast<double>(stage.d_model);
    double flops = 0;
    if (layer.has_attention()) {
        flops += 8 * d * d + 4 * d * keys + 3 * static_cast<double>(stage.num_heads) * keys;
    } else {
        const auto inner = static_cast<double>(stage.d_inner());
        const auto state = static_cast<double>(stage.d_state);
        flops += 2 * d * 2 * inner + 2 * d * (2 * state + static_cast<double>(stage.ssm_heads())) +
                 2 * 3 * inner * state + 2 * d * static_cast<double>(stage.d_conv) + 5 * d +
                 2 * d * inner;
    }
    if (layer.has_mlp()) flops += 2 * 3 * d * static_cast<double>(stage.mlp_width(layer)) + 5 * d;
    return flops;
}

// Bytes carried from one segment to the next: numbers are float32.
double layer_state_bytes(const StageConfig& stage, Layer layer, double length) {
    if (layer.has_attention()) {
        const double positions = std::ceil(length);
        const double kept =
            stage.window < 0 ? positions : std::min(positions, static_cast<double>(stage.window));
        return 4.0 * 2 * static_cast<double>(stage.d_model) * kept;
    }
    const std::int64_t tail = (stage.d_conv - 1) * (stage.d_inner() + 2 * stage.d_state);
    return 4.0 * static_cast<double>(tail + stage.d_inner() * stage.d_state);
}

ModuleCost stack_cost(const std::string& name, const StageConfig& stage, const std::string& layout,
                      double length, double context) {
    ModuleCost cost{name, stage.d_model, 0};  // the closing norm
    const double keys =
        stage.window < 0 ? length : std::min(length, static_cast<double>(stage.window) + 1);
    for (const Layer& layer : parse_stack(layout)) {
        cost.parameters += layer_parameters(stage, layer);
        cost.flops_per_base += layer_flops(stage, layer, keys) * length / context;
    }
    return cost;
}

}  // namespace

std::vector<ModuleCost> module_costs(const ModelConfig& model, std::int64_t context,
                                     const std::vector<double>& target_ratio) {
    const std::vector<double> lengths = stage_lengths(model, context, target_ratio);
    const auto bases = static_cast<double>(context);
    const std::int64_t table = model.vocab_size * model.stages.front().d_model;
    // The paper counts the embedding's look-up as a product with a one-hot vector.
    const ModuleCost embeddings{"embeddings", table, 2.0 * static_cast<double>(table)};
    std::vector<ModuleCost> rows{embeddings}, decoders;
    for (std::size_t s = 0; s < model.stages.size(); ++s) {
        const StageConfig& stage = model.stages[s];
        const std::string name = fmt::format("stage {} ", s);
        const std::int64_t d = stage.d_model;
        if (s > 0 && d > model.stages[s - 1].d_model) {
            rows.push_back({name + "pad_dimension", d - model.stages[s - 1].d_model, 0});
        }
        if (stage.innermost()) {
            rows.push_back(stack_cost(name + "main", stage, stage.main, lengths[s], bases));
            continue;
        }
        const double square = 2.0 * static_cast<double>(d * d) * lengths[s] / bases;
        rows.push_back(stack_cost(name + "encoder", stage, stage.encoder, lengths[s], bases));
        rows.push_back({name + "router", 2 * d * d, 2 * square, false});
        rows.push_back({name + "residual", d * d + d, square, false});
        decoders.push_back(stack_cost(name + "decoder", stage, stage.decoder, lengths[s], bases));
    }
    rows.insert(rows.end(), decoders.rbegin(), decoders.rend());
    rows.push_back({"lm_head", model.tie_embeddings ? 0 : table, 2.0 * static_cast<double>(table)});
    return rows;
}

std::int64_t parameter_count(const ModelConfig& model) {
    std::int64_t count = 0;
    for (const ModuleCost& row : module_costs(model, 1, {})) count += row.parameters;
    return count;
}

double flops_per_base(const ModelConfig& model, std::int64_t context,
                      const std::vector<double>& target_ratio) {
    double flops = 0;
    for (const ModuleCost& row : module_costs(model, context, target_ratio)) {
        if (row.counted) flops += row.flops_per_base;
    }
    return flops;
}

std::int64_t state_bytes(const ModelConfig& model, std::int64_t context,
                         const std::vector<double>& target_ratio) {
    const std::vector<double> lengths = stage_lengths(model, context, target_ratio);
    double bytes = 0;
    for (std::size_t s = 0; s < model.stages.size(); ++s) {
        const StageConfig& stage = model.stages[s];
        bytes += sizeof(std::int64_t) + 1;  // position and the `seen` flag
        // The router's last vector and the smoothed value.
        if (!stage.innermost()) bytes += 4.0 * 2 * static_cast<double>(stage.d_model);
        for (const std::string& layout : {stage.encoder, stage.main, stage.decoder}) {
            if (layout.empty()) continue;
            for (const Layer& layer : parse_stack(layout)) {
                bytes += layer_state_bytes(stage, layer, lengths[s]);
            }
        }
    }
    return static_cast<std::int64_t>(bytes);
}

}  // namespace dna_hnet::config
