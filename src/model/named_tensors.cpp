#include "model/named_tensors.hpp"

#include <ATen/ATen.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstring>
#include <set>

#include "core/error.hpp"

namespace dna_hnet::model {
namespace {

std::string listed(const std::vector<std::string>& names) {
    constexpr std::size_t kShown = 12;
    const std::size_t shown = std::min(names.size(), kShown);
    std::string text = fmt::format(
        "{}", fmt::join(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(shown), ", "));
    if (names.size() > shown) text += fmt::format(" and {} more", names.size() - shown);
    return text;
}

void check_names(const formats::SafetensorsFile& file, const std::string& place,
                 const NamedTensors& targets) {
    std::vector<std::string> missing, unexpected;
    std::set<std::string> known;
    for (const auto& [name, tensor] : targets) {
        known.insert(name);
        if (!file.contains(name)) missing.push_back(name);
    }
    for (const auto& [name, info] : file.tensors()) {
        if (!known.count(name)) unexpected.push_back(name);
    }
    if (missing.empty() && unexpected.empty()) return;
    std::string message = place + ":";
    if (!missing.empty())
        message += fmt::format(" {} tensors are missing: {}", missing.size(), listed(missing));
    if (!unexpected.empty()) {
        message += fmt::format("{} {} tensors are unexpected: {}", missing.empty() ? "" : ";",
                               unexpected.size(), listed(unexpected));
    }
    throw input_error(message, "The file does not belong to this configuration.");
}

// The checked values of one tensor, on the host.
at::Tensor checked_values(const formats::TensorInfo& info, const std::string& place,
                          const at::Tensor& target) {
    const auto expected = target.sizes().vec();
    if (info.dtype != formats::Dtype::f32) {
        throw input_error(
            fmt::format("{}: dtype {}, expected F32", place, formats::dtype_name(info.dtype)));
    }
    if (info.shape != expected) {
        throw input_error(fmt::format("{}: shape [{}], expected [{}]", place,
                                      fmt::join(info.shape, ", "), fmt::join(expected, ", ")));
    }
    auto values = at::empty(expected, at::kFloat);
    if (info.bytes > 0)
        std::memcpy(values.data_ptr<float>(), info.data, static_cast<std::size_t>(info.bytes));
    if (!at::isfinite(values).all().item<bool>()) {
        throw input_error(fmt::format("{}: holds values that are not finite", place));
    }
    return values;
}

}  // namespace

void write_tensors(const std::filesystem::path& target, const NamedTensors& tensors,
                   const std::map<std::string, std::string>& metadata) {
    std::vector<at::Tensor> hosts;  // alive until written
    std::vector<formats::NamedTensor> rows;
    for (const auto& [name, tensor] : tensors) {
        hosts.push_back(tensor.detach().to(at::kCPU, at::kFloat).contiguous());
        const at::Tensor& host = hosts.back();
        rows.push_back(
            {name,
             {formats::Dtype::f32, host.sizes().vec(), host.data_ptr<float>(), host.numel() * 4}});
    }
    formats::write_safetensors(target, rows, metadata);
}

void read_tensors(const formats::SafetensorsFile& file, const std::string& place,
                  const NamedTensors& targets) {
    check_names(file, place, targets);
    std::vector<at::Tensor> values;
    for (const auto& [name, target] : targets) {
        values.push_back(checked_values(file.at(name), place + ": " + name, target));
    }
    const at::NoGradGuard guard;
    for (std::size_t i = 0; i < targets.size(); ++i) at::Tensor(targets[i].second).copy_(values[i]);
}

}  // namespace dna_hnet::model
