#pragma once
// Golden files: tensors and settings by name, and comparisons that say what differs.
#include <ATen/ATen.h>

#include <filesystem>
#include <string>
#include <vector>

#include "config/model_config.hpp"
#include "formats/safetensors.hpp"
#include "model/language_model.hpp"

namespace dna_hnet::golden {

class GoldenFile {
  public:
    explicit GoldenFile(const std::filesystem::path& path) : file_(path) {}
    at::Tensor tensor(const std::string& name) const;
    bool has(const std::string& name) const { return file_.contains(name); }
    std::vector<std::string> names(const std::string& prefix) const;
    nlohmann::json setting(const std::string& key) const;
    bool is_model() const { return file_.metadata().count("config") != 0; }
    config::ModelConfig model_config() const;
    // The model with the file's weights; fails when the names do not match one to one.
    model::LanguageModel model() const;

  private:
    formats::SafetensorsFile file_;
};

// Every golden file of DNA_HNET_GOLDEN_DIR (default: the repository's copy), sorted. Fails when
// there is none.
std::vector<std::filesystem::path> golden_files();

// Largest absolute difference; infinity when shapes differ or a value is not finite.
double largest_difference(const at::Tensor& got, const at::Tensor& expected);

}  // namespace dna_hnet::golden
