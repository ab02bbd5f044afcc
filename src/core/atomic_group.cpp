#include "core/atomic_group.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

#include "core/error.hpp"

namespace dna_hnet {
namespace {

// The rename is durable only when its folder is on disk.
void sync_folder(const std::filesystem::path& target) {
    const std::filesystem::path folder = target.parent_path();
    const int descriptor = open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY);
    if (descriptor >= 0) {
        fsync(descriptor);
        close(descriptor);
    }
}

// One text for all names of a place: links to files and folders are followed.
std::string place_of(const std::filesystem::path& target) {
    if (target == "-") return "-";
    std::error_code error;
    if (std::filesystem::exists(target, error)) {
        return std::filesystem::canonical(target, error).string();
    }
    const std::filesystem::path folder = target.parent_path();
    const auto real = std::filesystem::weakly_canonical(
        folder.empty() ? std::filesystem::path(".") : folder, error);
    return (error ? folder : real) / target.filename();
}

}  // namespace

void rename_into_place(const std::filesystem::path& from, const std::filesystem::path& to,
                       const std::filesystem::path& target) {
    if (std::rename(from.c_str(), to.c_str()) != 0) {
        throw run_error(fmt::format("{}: cannot write: {}", target.string(), errno_text()));
    }
    sync_folder(to);
}

AtomicGroup::~AtomicGroup() {
    for (const File& file : files_) std::remove(file.temporary.c_str());
}

void AtomicGroup::claim(const std::filesystem::path& target) {
    const auto [named, added] = names_.emplace(place_of(target), target.string());
    if (added) return;
    throw usage_error(
        named->second == target.string()
            ? fmt::format("{}: two outputs of this command have this name", named->second)
            : fmt::format("{} and {} are one file, but two outputs of this command", named->second,
                          target.string()),
        "give each its own name");
}

void AtomicGroup::take(const std::filesystem::path& temporary,
                       const std::filesystem::path& destination,
                       const std::filesystem::path& target) {
    files_.push_back({temporary, destination, target});
}

void AtomicGroup::remove_on_commit(const std::filesystem::path& outdated) {
    outdated_.push_back(outdated);
}

void AtomicGroup::commit() {
    for (const auto& file : outdated_) std::remove(file.c_str());
    outdated_.clear();
    while (!files_.empty()) {
        const File& file = files_.front();
        rename_into_place(file.temporary, file.destination, file.target);
        files_.erase(files_.begin());
    }
}

}  // namespace dna_hnet
