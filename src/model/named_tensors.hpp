#pragma once
// Tensors by name to and from a safetensors file: weights and the optimizer's moments. Float32
// only.
#include <ATen/core/Tensor.h>

#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "formats/safetensors.hpp"

namespace dna_hnet::model {

using NamedTensors = std::vector<std::pair<std::string, at::Tensor>>;

// Any device and layout; written as contiguous float32 in this order.
void write_tensors(const std::filesystem::path& target, const NamedTensors& tensors,
                   const std::map<std::string, std::string>& metadata);

// Copies the file's values into `targets`. bad_input, starting with `place`, when names are missing
// or unexpected (all are listed), or a shape, a dtype or a value (not finite) is wrong; then
// nothing has been assigned.
void read_tensors(const formats::SafetensorsFile& file, const std::string& place,
                  const NamedTensors& targets);

}  // namespace dna_hnet::model
