#include "train/run_folder.hpp"

#include <fmt/format.h>

#include <vector>

#include "core/atomic_file.hpp"
#include "core/error.hpp"

namespace dna_hnet::train {
namespace {

namespace fs = std::filesystem;
constexpr const char* kCheckpoints = "checkpoints";

std::string step_name(std::int64_t step) {
    return fmt::format("step-{}", step);
}

bool present(const fs::path& path) {
    std::error_code ignored;
    return fs::exists(path, ignored);
}

}  // namespace

RunFolder::RunFolder(fs::path path, bool resume) : path_(std::move(path)) {
    if (path_.empty()) throw usage_error("-o: got an empty name, expected the folder of the run");
    if (resume) {
        latest();
    } else if (present(path_ / "latest")) {  // a run without a checkpoint is begun anew
        throw usage_error(fmt::format("{}: holds a run already", path_.string()),
                          "Go on with it by --resume, or choose another folder.");
    } else if (present(path_) && !fs::is_directory(path_)) {
        throw usage_error(fmt::format("{}: is a file, expected a folder", path_.string()));
    } else {
        require_parent_folder(path_);
    }
}

fs::path RunFolder::checkpoint(std::int64_t step) const {
    return path_ / kCheckpoints / step_name(step);
}

fs::path RunFolder::latest() const {
    const fs::path pointer = path_ / "latest";
    if (!present(pointer)) {
        throw input_error(fmt::format("{}: no checkpoint to resume from ({} does not exist)",
                                      path_.string(), pointer.string()));
    }
    std::string name = read_file(pointer);
    while (!name.empty() && (name.back() == '\n' || name.back() == '\r')) name.pop_back();
    const fs::path found = path_ / name;
    if (name.empty() || !present(found / "state.json")) {
        throw input_error(fmt::format("{}: names \"{}\", expected a checkpoint: {} does not exist",
                                      pointer.string(), name, found.string()));
    }
    return found;
}

void RunFolder::create() {
    std::error_code error;  // the folder that it stands in is there
    fs::create_directories(path_ / kCheckpoints, error);
    if (error)
        throw run_error(fmt::format("{}: cannot create: {}", path_.string(), error.message()));
}

void RunFolder::point(const char* name, std::int64_t step) const {
    write_file_atomically(path_ / name, fmt::format("{}/{}\n", kCheckpoints, step_name(step)));
}

void RunFolder::save(std::int64_t step, std::optional<std::int64_t> best_step, bool keep_all,
                     const std::function<void(const fs::path&)>& write) {
    AtomicFolder folder(checkpoint(step));
    folder.fill(write);
    folder.commit();
    point("latest", step);
    if (best_step) point("best", *best_step);
    if (keep_all) return;
    std::vector<fs::path> others;
    for (const auto& entry : fs::directory_iterator(path_ / kCheckpoints)) {
        const std::string name = entry.path().filename().string();
        // Also what a killed run left under a temporary name.
        if (name != step_name(step) && !(best_step && name == step_name(*best_step)))
            others.push_back(entry.path());
    }
    std::error_code ignored;  // an old checkpoint that cannot be removed does no harm
    for (const fs::path& other : others) fs::remove_all(other, ignored);
}

}  // namespace dna_hnet::train
