#include "tasks/machine.hpp"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <dlfcn.h>
#include <fmt/format.h>
#include <torch/version.h>
#ifdef DNA_HNET_IO
#include <htslib/hts.h>
#endif

#include <algorithm>
#include <cmath>
#include <thread>

#include "core/error.hpp"
#include "core/version.hpp"
#include "model/language_model.hpp"

namespace dna_hnet::tasks {
namespace {

constexpr std::int64_t kTestBases = 96, kTestPrefix = 32;
constexpr double kTestTolerance = 1e-3;

std::string path_of(const void* symbol) {
    Dl_info info;
    if (dladdr(symbol, &info) == 0 || !info.dli_fname) return "not known";
    return info.dli_fname;
}

// Largest difference between the logits of one reading at once and base by base.
double step_difference(model::LanguageModelImpl& model, const at::Tensor& tokens_T) {
    const at::NoGradGuard no_gradients;
    const auto whole = model.forward(tokens_T, ops::make_packing({kTestBases}, at::kCPU), {});
    model::ModelState state = model.empty_state(1);
    model::ForwardOptions options;
    options.state = &state;
    std::vector<at::Tensor> parts;
    for (std::int64_t begin = 0; begin < kTestBases;) {
        const std::int64_t length = begin == 0 ? kTestPrefix : 1;
        const auto packing = ops::make_packing({length}, at::kCPU);
        parts.push_back(
            model.forward(tokens_T.slice(0, begin, begin + length), packing, options).logits_TV);
        begin += length;
    }
    return (at::cat(parts) - whole.logits_TV).abs().max().item<double>();
}

// Parameters whose gradient is missing or not finite.
std::int64_t bad_gradients(model::LanguageModelImpl& model, const at::Tensor& tokens_T) {
    const auto output = model.forward(tokens_T, ops::make_packing({kTestBases}, at::kCPU), {});
    auto loss = -output.logits_TV.log_softmax(1)
                     .slice(0, 0, kTestBases - 1)
                     .gather(1, tokens_T.slice(0, 1).unsqueeze(1))
                     .mean();
    // The probabilities of the boundaries reach the loss through the ratio loss when training.
    for (const auto& stage : output.stages) loss = loss + stage.prob_T.mean();
    loss.backward();
    std::int64_t bad = 0;
    for (const auto& parameter : model.parameters()) {
        const auto& gradient = parameter.grad();
        bad += !gradient.defined() || !at::isfinite(gradient).all().item<bool>();
    }
    return bad;
}

std::string self_test(bool& passed) {
    model::LanguageModelImpl model(config::preset_model("tiny"));
    model::initialize(model, 1);
    std::vector<std::int64_t> tokens{5};  // BOS
    for (std::int64_t i = 1; i < kTestBases; ++i) tokens.push_back(i * i * 7 / 3 % 4);
    const at::Tensor tokens_T = ops::index_tensor(tokens, at::kCPU);
    const double difference = step_difference(model, tokens_T);
    const std::int64_t bad = bad_gradients(model, tokens_T);
    const bool steps = difference < kTestTolerance;  // false for NaN
    passed = steps && bad == 0;
    return fmt::format(
        "self-test: reading at once equals reading base by base: {} (largest difference {:.1e})\n"
        "self-test: gradients are finite: {}{}\n",
        steps ? "passed" : "FAILED", difference, bad == 0 ? "passed" : "FAILED",
        bad == 0 ? "" : fmt::format(" ({} parameters)", bad));
}

std::string gpu_text() {
#ifdef DNA_HNET_CUDA
    if (!at::hasCUDA()) return "none found";
    return fmt::format("{}", at::getNumGPUs());
#else
    return "not in this build (configure with -DDNA_HNET_CUDA=ON)";
#endif
}

}  // namespace

std::vector<std::pair<std::string, std::string>> library_versions() {
    std::vector<std::pair<std::string, std::string>> versions;
#ifdef DNA_HNET_IO
    versions.emplace_back("htslib", hts_version());
#endif
    versions.emplace_back("LibTorch", TORCH_VERSION);
    return versions;
}

std::string resolve_device(const std::string& text) {
    if (text == "cpu") return text;
    if (text != "auto" && text != "cuda") {
        throw usage_error(fmt::format("--device: got '{}', expected auto, cpu or cuda", text));
    }
    const bool there = at::hasCUDA() && at::getNumGPUs() > 0;
    if (text == "auto") return there ? "cuda" : "cpu";
    if (!there) {
        throw usage_error("--device cuda: this build or this machine has no GPU",
                          "see dna-hnet doctor; --device auto takes what there is");
    }
    return text;
}

DoctorReport run_doctor(int threads) {
    at::set_num_threads(1);  // the self-test is small: threads would wait for each other
    DoctorReport report;
    report.text = fmt::format("dna-hnet: {}\n", version());
    for (const auto& [name, number] : library_versions()) {
        report.text += fmt::format("{}: {}\n", name, number);
    }
    report.text += fmt::format("SIMD level: {}\n", at::get_cpu_capability());
    report.text += fmt::format("threads: {} of {}\n", threads, std::thread::hardware_concurrency());
    report.text += fmt::format("GPUs: {}\n", gpu_text());
    report.text += fmt::format("LibTorch's library: {}\n",
                               path_of(reinterpret_cast<const void*>(&at::get_cpu_capability)));
#ifdef DNA_HNET_IO
    report.text +=
        fmt::format("htslib's library: {}\n", path_of(reinterpret_cast<const void*>(&hts_version)));
#else
    report.text += "htslib: not in this build (configure with -DDNA_HNET_IO=ON)\n";
#endif
    report.text +=
        fmt::format("C++ library: {}\n", path_of(reinterpret_cast<const void*>(&std::terminate)));
    report.text += self_test(report.passed);
    return report;
}

}  // namespace dna_hnet::tasks
