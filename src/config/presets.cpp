#include <fmt/format.h>
#include <fmt/ranges.h>
#include <strings.h>

#include "config/preset_files.hpp"
#include "config/train_config.hpp"
#include "core/closest_name.hpp"
#include "core/error.hpp"

namespace dna_hnet::config {
namespace {

ConfigFile preset(std::string_view name) {
    const std::string wanted(name);
    for (const PresetFile& file : preset_files()) {
        if (strcasecmp(file.name.c_str(), wanted.c_str()) == 0) {
            const std::string place = fmt::format("preset {}", file.name);
            return parse_config_file(parse_json(file.text, place), place);
        }
    }
    const std::string closest = closest_name(wanted, preset_names());
    throw usage_error(fmt::format(
        "preset: got \"{}\", expected one of {}{}", wanted, fmt::join(preset_names(), " "),
        closest.empty() ? "" : fmt::format("; did you mean {}?", closest)));
}

}  // namespace

std::vector<std::string> preset_names() {
    std::vector<std::string> names;
    for (const PresetFile& file : preset_files()) names.push_back(file.name);
    return names;
}

ModelConfig preset_model(std::string_view name) {
    return preset(name).model;
}
TrainConfig preset_training(std::string_view name) {
    return preset(name).training;
}

}  // namespace dna_hnet::config
