#include "config/model_config.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "core/error.hpp"

namespace dna_hnet::config {
namespace {

constexpr std::int64_t kMostLayers = 1000;  // per letter: a typing error, not a model

[[noreturn]] void fail_stack(std::string_view text, std::size_t at) {
    throw usage_error(
        fmt::format("layout \"{}\": at letter {}: got \"{}\", expected a letter of m M t T and a "
                    "count from 1 to {}",
                    text, at + 1, text.substr(at), kMostLayers),
        "A stack is written as m3T1: three Mamba-2 layers, then one attention layer with an MLP.");
}

}  // namespace

Stack parse_stack(std::string_view text) {
    if (text.empty()) fail_stack(text, 0);
    Stack stack;
    std::size_t at = 0;
    while (at < text.size()) {
        const std::size_t begin = at;
        const char letter = text[at++];
        if (std::string_view("mMtT").find(letter) == std::string_view::npos)
            fail_stack(text, begin);
        std::int64_t count = 0;
        const char* end = text.data() + text.size();
        // from_chars would take a sign.
        if (at == text.size() || text[at] < '0' || text[at] > '9') fail_stack(text, begin);
        const auto parsed = std::from_chars(text.data() + at, end, count);
        if (parsed.ec != std::errc() || count < 1 || count > kMostLayers) fail_stack(text, begin);
        at = static_cast<std::size_t>(parsed.ptr - text.data());
        stack.insert(stack.end(), static_cast<std::size_t>(count), Layer{letter});
    }
    return stack;
}

std::int64_t stack_height(const Stack& stack) {
    std::int64_t height = 0;
    for (const Layer& layer : stack) height += layer.has_mlp() ? 2 : 1;
    return height;
}

bool ModelConfig::has_unlimited_attention() const {
    return std::any_of(stages.begin(), stages.end(), [](const StageConfig& stage) {
        const std::string layers = stage.encoder + stage.main + stage.decoder;
        return stage.window < 0 && layers.find_first_of("tT") != std::string::npos;
    });
}

}  // namespace dna_hnet::config
