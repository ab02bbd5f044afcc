#pragma once
// state.json of a checkpoint: the training record as text. Internal to src/model.
//
//   {"format": 1, "step": 200, "bases_seen": 1638400, "valid_bits_per_base": 1.91,
//    "reference": {"fingerprint": "...", "contigs": [{"name": "chr1", "length": 1000, "md5": ""}]},
//    "splits": {"train": [["chr1", 0, 900]], "valid": [["chr1", 900, 1000]], "test": []},
//    "training": {}}
#include <nlohmann/json.hpp>

#include "model/checkpoint.hpp"

namespace dna_hnet::model {

nlohmann::json record_to_json(const TrainingRecord& record);
// Reads everything but "training". bad_input naming `place`.
TrainingRecord parse_record(const nlohmann::json& json, const std::string& place);

}  // namespace dna_hnet::model
