#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <string_view>

#include "core/random.hpp"
#include "model/language_model.hpp"

namespace dna_hnet::model {
namespace {

constexpr double kStd = 0.02;
constexpr double kDtMin = 1e-3, kDtMax = 0.1, kDtFloor = 1e-4, kAMin = 1, kAMax = 16;

// FNV-1a: the stream number of a parameter's name.
std::uint64_t stream_of(std::string_view name) {
    std::uint64_t hash = 14695981039346656037ULL;
    for (const char letter : name)
        hash = (hash ^ static_cast<unsigned char>(letter)) * 1099511628211ULL;
    return hash;
}

bool ends_with(std::string_view text, std::string_view end) {
    return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

void fill(const at::Tensor& parameter, const std::function<double()>& draw) {
    auto values = at::empty(parameter.sizes(), at::kFloat);
    auto* data = values.data_ptr<float>();
    for (std::int64_t i = 0; i < values.numel(); ++i) data[i] = static_cast<float>(draw());
    parameter.copy_(values);
}

// Residual additions up to and inside the stack of this parameter: scales out_proj and fc2 (n of
// section 2.10).
double residual_depth(const config::ModelConfig& config, std::string_view name) {
    double depth = 0;
    std::string_view rest = name;
    for (const auto& stage : config.stages) {
        if (stage.innermost())
            return depth +
                   static_cast<double>(config::stack_height(config::parse_stack(stage.main)));
        depth += static_cast<double>(config::stack_height(config::parse_stack(stage.encoder)) +
                                     config::stack_height(config::parse_stack(stage.decoder)));
        constexpr std::string_view kInner = "main_network.";
        const auto place = rest.find('.') + 1;  // past "backbone." or "main_network."
        rest.remove_prefix(place);
        if (rest.substr(0, kInner.size()) != kInner) return depth;
    }
    return depth;
}

void initialize_parameter(const config::ModelConfig& config, const std::string& name,
                          const at::Tensor& parameter, Random& random) {
    const auto normal = [&](double std) {
        return [&random, std] { return std * random.normal(); };
    };
    if (name == "embeddings.weight") {
        fill(parameter, normal(1.0));
    } else if (ends_with(name, "conv1d.weight") || ends_with(name, "conv1d.bias")) {
        const double bound = 1 / std::sqrt(static_cast<double>(config.stages[0].d_conv));
        fill(parameter, [&] { return bound * (2 * random.uniform() - 1); });
    } else if (ends_with(name, "dt_bias")) {
        fill(parameter, [&] {
            const double dt = std::exp(std::log(kDtMin) +
                                       random.uniform() * (std::log(kDtMax) - std::log(kDtMin)));
            const double floored = std::max(dt, kDtFloor);
            return floored + std::log(-std::expm1(-floored));  // inverse softplus
        });
    } else if (ends_with(name, "A_log")) {
        fill(parameter, [&] { return std::log(kAMin + random.uniform() * (kAMax - kAMin)); });
    } else if (ends_with(name, "q_proj_layer.weight") || ends_with(name, "k_proj_layer.weight")) {
        parameter.copy_(at::eye(parameter.size(0)));
    } else if (name.find("residual_proj.") != std::string::npos ||
               ends_with(name, "pad_dimension")) {
        parameter.zero_();
    } else if (ends_with(name, "mixer.D") || name.find("norm") != std::string::npos) {
        parameter.fill_(1);
    } else if (ends_with(name, "out_proj.weight") || ends_with(name, "fc2.weight")) {
        fill(parameter, normal(kStd / std::sqrt(residual_depth(config, name))));
    } else {
        fill(parameter, normal(kStd));
    }
}

}  // namespace

void initialize(LanguageModelImpl& model, std::uint64_t seed) {
    const at::NoGradGuard guard;
    for (const auto& item : model.named_parameters()) {
        Random random(seed, stream_of(item.key()));
        initialize_parameter(model.config, item.key(), item.value(), random);
    }
}

}  // namespace dna_hnet::model
