#pragma once
// The files of data/configs, compiled into the binary. Internal to src/config.
#include <string>
#include <vector>

namespace dna_hnet::config {

struct PresetFile {
    std::string name;  // the file's stem
    std::string text;  // JSON
};
const std::vector<PresetFile>& preset_files();

}  // namespace dna_hnet::config
