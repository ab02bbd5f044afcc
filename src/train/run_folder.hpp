#pragma once
// The folder of a run: config.json, command.toml, metrics.*, checkpoints/step-N/, and the text
// files `latest` and `best`, each with one line such as checkpoints/step-200. A checkpoint is
// complete before `latest` names it, and nothing that is named is ever removed.
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>

namespace dna_hnet::train {

class RunFolder {
  public:
    // New: usage error when `path` holds a run already. Resumed: bad_input without a checkpoint.
    // Makes nothing on disk.
    RunFolder(std::filesystem::path path, bool resume);

    const std::filesystem::path& path() const { return path_; }
    std::filesystem::path latest()
        const;  // the checkpoint's folder; bad_input when `latest` does not name one
    std::filesystem::path checkpoint(std::int64_t step) const;
    void create();  // run_failed when it cannot

    // `write` fills the checkpoint's folder; then `latest` and `best` (when there is one) are set.
    // Unless keep_all, other checkpoints go.
    void save(std::int64_t step, std::optional<std::int64_t> best_step, bool keep_all,
              const std::function<void(const std::filesystem::path&)>& write);

  private:
    void point(const char* name, std::int64_t step) const;

    std::filesystem::path path_;
};

}  // namespace dna_hnet::train
