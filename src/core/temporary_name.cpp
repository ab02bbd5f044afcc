#include "core/temporary_name.hpp"

#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace dna_hnet {
namespace {

// The name of this machine, in 8 digits (FNV-1a): a process id means nothing on another one.
const std::string& machine() {
    static const std::string code = [] {
        char name[256] = "";
        gethostname(name, sizeof name - 1);
        std::uint32_t hash = 2166136261U;
        for (const char* c = name; *c != '\0'; ++c) {
            hash = (hash ^ static_cast<unsigned char>(*c)) * 16777619U;
        }
        return fmt::format("{:08x}", hash);
    }();
    return code;
}

std::string temporary_prefix(const std::filesystem::path& target) {
    return fmt::format(".{}.tmp.", target.filename().string());
}

// Of a temporary name behind its prefix, as 16802-1a2b3c4d.5.
bool is_of_dead_process(std::string_view rest) {
    long process = 0;
    const auto [end, status] = std::from_chars(rest.data(), rest.data() + rest.size(), process);
    const std::string_view behind = rest.substr(static_cast<std::size_t>(end - rest.data()));
    return status == std::errc() && process > 0 && behind.starts_with("-" + machine() + ".") &&
           kill(static_cast<pid_t>(process), 0) != 0 && errno == ESRCH;
}

}  // namespace

std::filesystem::path temporary_name(const std::filesystem::path& target) {
    static std::atomic<int> counter{0};
    return target.parent_path() /
           fmt::format("{}{}-{}.{}", temporary_prefix(target), getpid(), machine(), ++counter);
}

void remove_leftovers(const std::filesystem::path& target) {
    static std::mutex mutex;
    static std::map<std::filesystem::path, std::vector<std::string>> listed;
    const std::filesystem::path folder = target.parent_path().empty() ? "." : target.parent_path();
    const std::lock_guard lock(mutex);
    const auto [found, fresh] = listed.try_emplace(folder);
    std::error_code error;
    if (fresh) {
        for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end;
             entry.increment(error)) {
            const std::string name = entry->path().filename().string();
            if (name.starts_with('.') && name.find(".tmp.") != std::string::npos) {
                found->second.push_back(name);
            }
        }
    }
    const std::string prefix = temporary_prefix(target);
    for (const std::string& name : found->second) {
        const std::filesystem::path path = folder / name;
        if (!name.starts_with(prefix) || !is_of_dead_process(name.substr(prefix.size()))) continue;
        const auto status = std::filesystem::symlink_status(path, error);
        if (std::filesystem::is_regular_file(status) || std::filesystem::is_directory(status)) {
            std::filesystem::remove_all(path, error);
        }
    }
}

}  // namespace dna_hnet
