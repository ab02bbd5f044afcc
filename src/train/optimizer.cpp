#include "train/optimizer.hpp"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "core/error.hpp"

namespace dna_hnet::train {
namespace {

constexpr std::int64_t kAlignment = 16;  // floats: every tensor starts on a cache line
constexpr double kNormEpsilon = 1e-6;    // of clipping, as in torch.nn.utils.clip_grad_norm_

bool ends_with(const std::string& text, const std::string& end) {
    return text.size() >= end.size() &&
           text.compare(text.size() - end.size(), end.size(), end) == 0;
}

std::vector<double> multipliers(const config::ModelConfig& model,
                                const config::TrainConfig& config) {
    if (config.lr_multipliers.empty()) return config::lr_multipliers(model, config.target_ratio);
    if (static_cast<std::int64_t>(config.lr_multipliers.size()) != model.num_stages()) {
        throw usage_error(fmt::format("lr_multipliers: got {} values, expected {}: one per stage",
                                      config.lr_multipliers.size(), model.num_stages()));
    }
    return config.lr_multipliers;
}

}  // namespace

std::int64_t stage_of_parameter(const std::string& name, std::int64_t num_stages) {
    const std::string kOuter = "backbone.", kInner = "main_network.";
    if (name.compare(0, kOuter.size(), kOuter) != 0) return 0;
    std::int64_t stage = 0;
    for (std::size_t place = kOuter.size(); name.compare(place, kInner.size(), kInner) == 0;
         place += kInner.size())
        ++stage;
    return std::min(stage,
                    num_stages - 1);  // the innermost stack is one module deeper than its stage
}

bool is_decayed(const std::string& name, const at::Tensor& parameter) {
    return parameter.dim() == 2 && ends_with(name, ".weight") && name != "embeddings.weight" &&
           name.find("routing_module.") == std::string::npos &&
           name.find("residual_proj.") == std::string::npos;
}

at::Tensor Optimizer::view(const at::Tensor& buffer, const Slot& slot) {
    return buffer.narrow(0, slot.offset, slot.size).view(slot.shape);
}

Optimizer::Optimizer(model::LanguageModelImpl& model, const config::TrainConfig& config)
    : config_(config) {
    const at::NoGradGuard guard;
    const auto per_stage = multipliers(model.config, config);
    for (const auto& item : model.named_parameters()) {
        const at::Tensor& parameter = item.value();
        const double multiplier = per_stage[static_cast<std::size_t>(
            stage_of_parameter(item.key(), model.config.num_stages()))];
        const bool decayed = is_decayed(item.key(), parameter);
        auto group = std::find_if(groups_.begin(), groups_.end(), [&](const Group& g) {
            return g.lr_multiplier == multiplier && g.decayed == decayed;
        });
        if (group == groups_.end())
            group =
                groups_.insert(groups_.end(), Group{multiplier, decayed, 0, {}, {}, {}, {}, {}});
        group->slots.push_back(
            {item.key(), parameter.sizes().vec(), group->size, parameter.numel()});
        group->size += (parameter.numel() + kAlignment - 1) / kAlignment * kAlignment;
    }
    const auto options = at::TensorOptions().dtype(at::kFloat).device(model.device());
    const auto parameters = model.named_parameters();
    for (Group& group : groups_) {
        // Zero in the gaps between tensors, for ever: their gradients are zero.
        for (at::Tensor* buffer :
             {&group.parameters, &group.gradients, &group.first, &group.second}) {
            *buffer = at::zeros({group.size}, options);
        }
        for (const Slot& slot : group.slots) {
            at::Tensor parameter = parameters[slot.name];
            view(group.parameters, slot).copy_(parameter);
            parameter.set_data(view(group.parameters, slot));
            parameter.mutable_grad() = view(group.gradients, slot);
        }
    }
}

std::vector<at::Tensor> Optimizer::attach(model::LanguageModelImpl& replica) const {
    const auto parameters = replica.named_parameters();
    std::vector<at::Tensor> gradients;
    for (const Group& group : groups_) {
        gradients.push_back(at::zeros_like(group.gradients));
        for (const Slot& slot : group.slots) {
            at::Tensor parameter = parameters[slot.name];
            parameter.set_data(view(group.parameters, slot));
            parameter.mutable_grad() = view(gradients.back(), slot);
        }
    }
    return gradients;
}

void Optimizer::add_gradients(const std::vector<at::Tensor>& gradients) {
    for (std::size_t i = 0; i < groups_.size(); ++i) groups_[i].gradients.add_(gradients.at(i));
}

void Optimizer::zero_grad() {
    for (Group& group : groups_) group.gradients.zero_();
}

double Optimizer::gradient_norm() const {
    double squares = 0;
    for (const Group& group : groups_) {
        const auto norm = group.gradients.norm().item<double>();
        squares += norm * norm;
    }
    return std::sqrt(squares);
}

void Optimizer::step(double lr_factor, double gradient_norm) {
    const at::NoGradGuard guard;
    const double scale = std::min(1.0, config_.gradient_clip / (gradient_norm + kNormEpsilon));
    ++steps_;
    for (Group& group : groups_) {
        if (scale < 1) group.gradients.mul_(scale);
        const auto count = at::full({}, static_cast<double>(steps_), group.parameters.options());
        at::_fused_adamw_({group.parameters}, {group.gradients}, {group.first}, {group.second}, {},
                          {count}, config_.learning_rate * lr_factor * group.lr_multiplier,
                          config_.beta1, config_.beta2, group.decayed ? config_.weight_decay : 0.0,
                          config_.adam_epsilon, /*amsgrad=*/false,
                          /*maximize=*/false);
    }
}

model::NamedTensors Optimizer::moments() const {
    model::NamedTensors tensors;
    for (const Group& group : groups_) {
        for (const Slot& slot : group.slots) {
            tensors.emplace_back("first/" + slot.name, view(group.first, slot));
            tensors.emplace_back("second/" + slot.name, view(group.second, slot));
        }
    }
    return tensors;
}

void Optimizer::save(const std::filesystem::path& file) const {
    model::write_tensors(file, moments(), {{"steps", std::to_string(steps_)}});
}

void Optimizer::load(const std::filesystem::path& path) {
    const formats::SafetensorsFile file(path);
    const auto steps = file.metadata().find("steps");
    std::int64_t count = -1;
    if (steps != file.metadata().end()) {
        const std::string& text = steps->second;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
        if (error != std::errc() || end != text.data() + text.size()) count = -1;
    }
    if (count < 0) {
        throw input_error(
            fmt::format("{}: metadata \"steps\": got {}, expected a number of steps", path.string(),
                        steps == file.metadata().end() ? "nothing" : "\"" + steps->second + "\""));
    }
    model::read_tensors(file, path.string(), moments());
    steps_ = count;
}

}  // namespace dna_hnet::train
