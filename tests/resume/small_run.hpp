#pragma once
// A training run that takes a second: a tiny model on a made-up genome in memory.
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "core/atomic_file.hpp"
#include "core/random.hpp"
#include "support/memory_reference.hpp"
#include "support/tiny_model.hpp"
#include "train/trainer.hpp"

namespace dna_hnet::test {

// Half of it repeats with period 7, so there is something to learn.
inline MemoryReference made_up_genome() {
    Random random(3, 1);
    std::string one, two;
    for (int i = 0; i < 4000; ++i)
        one += i % 2000 < 1000 ? "ACGTTGA"[i % 7] : "ACGT"[random.below(4)];
    for (int i = 0; i < 1500; ++i) two += "ACGTacgtN"[random.below(9)];
    return MemoryReference({{"chr1", one}, {"chr2", two}});
}

inline train::TrainRequest small_request(const std::filesystem::path& folder, std::int64_t steps) {
    train::TrainRequest request;
    request.model = tiny_model();
    request.train.context = 64;
    request.train.batch_bases = 256;
    request.train.accumulate = 2;
    request.train.steps = steps;
    request.train.learning_rate = 3e-3;
    request.train.eval_bases = 300;
    request.splits.train = {{0, 0, 3600}, {1, 0, 1500}};
    request.splits.valid = {{0, 3600, 4000}};
    request.run_folder = folder;
    request.threads = 2;
    return request;
}

// metrics.jsonl without what a clock or the machine decides.
inline std::vector<nlohmann::json> metrics_of(const std::filesystem::path& run) {
    std::vector<nlohmann::json> events;
    std::istringstream lines(read_file(run / "metrics.jsonl"));
    for (std::string line; std::getline(lines, line);) {
        auto event = nlohmann::json::parse(line);
        for (const char* key : {"seconds", "bases_per_second", "memory_bytes"}) event.erase(key);
        events.push_back(std::move(event));
    }
    return events;
}

inline std::size_t checkpoints_in(const std::filesystem::path& run) {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(run / "checkpoints"))
        count += entry.is_directory();
    return count;
}

}  // namespace dna_hnet::test
