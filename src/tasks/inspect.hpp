#pragma once
// `dna-hnet inspect`: what a model or a preset is. Torch-free.
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace dna_hnet::tasks {

struct InspectRequest {
    std::string model, preset, model_config;  // exactly one is not empty
    std::optional<std::int64_t> context;      // absent: the training context
};

// Parameters, FLOPs and memory per module; of a trained model its training record. The object has
//   name, context, parameters, flops_per_base, state_bytes, weight_bytes,
//   modules [{module, parameters, flops_per_base, counted}], model {...}, training {...}, and for
//   --model: fingerprint, record {step, bases_seen, valid_bits_per_base, reference_sha256, contigs,
//   splits {train, valid, test: {intervals, bases}}}.
nlohmann::ordered_json inspect(const InspectRequest& request);
// The same for people.
std::string inspect_text(const nlohmann::ordered_json& report);

}  // namespace dna_hnet::tasks
