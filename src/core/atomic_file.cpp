#include "core/atomic_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <memory>
#include <vector>

#include "core/error.hpp"
#include "core/signals.hpp"
#include "core/temporary_name.hpp"

namespace dna_hnet {
namespace {

std::atomic<std::int64_t> writable_bytes{-1};

// "run/" -> "run"
std::filesystem::path without_slash(const std::filesystem::path& target) {
    return target.filename().empty() ? target.parent_path() : target;
}

[[noreturn]] void fail_write(const std::filesystem::path& target, std::string_view what) {
    throw run_error(fmt::format("{}: cannot {}: {}", target.string(), what, errno_text()));
}

// Where a rename must go so that a symbolic link stays one. A dangling link is itself replaced.
std::filesystem::path resolve(const std::filesystem::path& target) {
    std::error_code error;
    if (!std::filesystem::is_symlink(target, error)) return target;
    const std::filesystem::path real = std::filesystem::canonical(target, error);
    return error ? target : real;
}

// Devices and pipes cannot be replaced by a rename: that would put a regular file at /dev/null.
bool is_special(const std::filesystem::path& target) {
    std::error_code error;
    const std::filesystem::file_status status = std::filesystem::status(target, error);
    return std::filesystem::exists(status) && !std::filesystem::is_regular_file(status) &&
           !std::filesystem::is_directory(status);
}

bool is_folder(const std::filesystem::path& target) {
    std::error_code error;
    return std::filesystem::is_directory(target, error);
}

// A finished file gets its name, or waits for the others of its group.
void hand_over(const std::filesystem::path& temporary, const std::filesystem::path& destination,
               const std::filesystem::path& target, AtomicGroup* group) {
    if (group) return group->take(temporary, destination, target);
    rename_into_place(temporary, destination, target);
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    for (std::size_t at = text.find(from); at != std::string::npos;
         at = text.find(from, at + to.size())) {
        text.replace(at, from.size(), to);
    }
    return text;
}

void read_pieces(const std::filesystem::path& path,
                 const std::function<void(std::string_view)>& sink) {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"),
                                                               std::fclose);
    if (!file) throw input_error(fmt::format("{}: cannot open: {}", path.string(), errno_text()));
    std::vector<char> buffer(1 << 16);
    while (const std::size_t got = std::fread(buffer.data(), 1, buffer.size(), file.get())) {
        sink({buffer.data(), got});
    }
    if (std::ferror(file.get()) != 0) {
        throw input_error(fmt::format("{}: cannot read: {}", path.string(), errno_text()));
    }
}

}  // namespace

void fail_writes_after(std::int64_t bytes) {
    writable_bytes = bytes;
}

void require_parent_folder(const std::filesystem::path& target) {
    std::filesystem::path folder = without_slash(target).parent_path();
    if (folder.empty()) folder = ".";
    std::error_code error;
    const std::string place = fmt::format("{}: cannot write", target.string());
    if (!std::filesystem::exists(folder, error) && !error) {
        throw run_error(fmt::format("{}: there is no folder {}", place, folder.string()));
    }
    if (!error && !std::filesystem::is_directory(folder, error)) {
        throw run_error(fmt::format("{}: {} is a file, expected a folder", place, folder.string()));
    }
    if (access(folder.c_str(), W_OK | X_OK) != 0) fail_write(target, "write");
}

AtomicFile::AtomicFile(std::filesystem::path target, AtomicGroup* group)
    : target_(std::move(target)), destination_(resolve(target_)), group_(group) {
    if (is_folder(target_)) {
        throw run_error(fmt::format("{}: cannot write: is a folder", target_.string()));
    }
    if (!is_special(target_)) {
        require_parent_folder(destination_);
        if (group_) group_->claim(target_);
        remove_leftovers(destination_);
        temporary_ = temporary_name(destination_);
    }
    file_ = std::fopen(temporary_.empty() ? target_.c_str() : temporary_.c_str(), "wb");
    if (!file_) fail_write(target_, "write");
}

AtomicFile::~AtomicFile() {
    if (file_) std::fclose(file_);
    if (!temporary_.empty()) std::remove(temporary_.c_str());
}

void AtomicFile::write(std::string_view bytes) {
    write(bytes.data(), bytes.size());
}

void AtomicFile::write(const void* bytes, std::size_t size) {
    if (writable_bytes >= 0) {
        writable_bytes -= static_cast<std::int64_t>(size);
        if (writable_bytes < 0) {
            writable_bytes = 0;
            errno = ENOSPC;
            fail_write(target_, "write");
        }
    }
    if (std::fwrite(bytes, 1, size, file_) != size) fail_write(target_, "write");
}

void AtomicFile::overwrite(std::int64_t offset, std::string_view bytes) {
    const off_t end = ftello(file_);
    if (end < 0) fail_write(target_, "write");
    if (offset < 0 || offset + static_cast<std::int64_t>(bytes.size()) > end) {
        throw run_error(fmt::format("{}: bytes {} to {} cannot be overwritten: {} are written",
                                    target_.string(), offset,
                                    offset + static_cast<std::int64_t>(bytes.size()), end));
    }
    if (fseeko(file_, offset, SEEK_SET) != 0) fail_write(target_, "write");
    if (std::fwrite(bytes.data(), 1, bytes.size(), file_) != bytes.size() ||
        fseeko(file_, end, SEEK_SET) != 0) {
        fail_write(target_, "write");
    }
}

void AtomicFile::commit() {
    if (std::fflush(file_) != 0) fail_write(target_, "write");
    if (!temporary_.empty() && fsync(fileno(file_)) != 0) fail_write(target_, "write");
    std::FILE* file = file_;
    file_ = nullptr;
    if (std::fclose(file) != 0) fail_write(target_, "write");
    if (temporary_.empty()) return;
    hand_over(temporary_, destination_, target_, group_);
    temporary_.clear();
}

AtomicPath::AtomicPath(std::filesystem::path target, AtomicGroup* group)
    : target_(std::move(target)),
      destination_(resolve(target_)),
      temporary_(temporary_name(destination_)),
      group_(group) {
    if (is_folder(target_) || is_special(target_)) {
        throw run_error(fmt::format("{}: cannot write: not a regular file", target_.string()));
    }
    require_parent_folder(destination_);
    if (group_) group_->claim(target_);
    remove_leftovers(destination_);
}

AtomicPath::~AtomicPath() {
    if (!committed_) std::remove(temporary_.c_str());
}

void AtomicPath::commit() {
    const int descriptor = open(temporary_.c_str(), O_RDONLY);
    if (descriptor < 0) fail_write(target_, "write");
    const int status = fsync(descriptor);
    close(descriptor);
    if (status != 0) fail_write(target_, "write");
    hand_over(temporary_, destination_, target_, group_);
    committed_ = true;
}

AtomicFolder::AtomicFolder(std::filesystem::path target)
    : target_(without_slash(target)),
      destination_(resolve(target_)),
      temporary_(temporary_name(destination_)) {
    require_parent_folder(destination_);
    std::error_code error;
    if (std::filesystem::exists(target_, error) && !is_folder(target_)) {
        throw run_error(
            fmt::format("{}: cannot write: is a file, expected a folder", target_.string()));
    }
    if (std::filesystem::equivalent(target_, ".", error)) {
        throw run_error(fmt::format("{}: cannot write: is the working folder", target_.string()));
    }
    remove_leftovers(destination_);
    std::filesystem::create_directory(temporary_, error);
    if (error) {
        throw run_error(fmt::format("{}: cannot create: {}", target_.string(), error.message()));
    }
}

AtomicFolder::~AtomicFolder() {
    std::error_code ignored;
    if (!committed_) std::filesystem::remove_all(temporary_, ignored);
}

void AtomicFolder::fill(const std::function<void(const std::filesystem::path&)>& write) {
    const auto visible = [&](const std::string& text) {
        return replaced(text, temporary_.string(), target_.string());
    };
    try {
        write(temporary_);
    } catch (const Error& error) {
        throw Error(error.kind(), visible(error.what()), visible(error.hint()));
    } catch (const std::filesystem::filesystem_error& error) {
        throw run_error(visible(error.what()));
    }
}

void AtomicFolder::commit() {
    // A folder cannot be replaced by one rename: the old one steps aside first.
    std::error_code error;
    std::filesystem::path old;
    if (std::filesystem::exists(destination_, error)) {
        old = temporary_name(destination_);
        rename_into_place(destination_, old, target_);
    }
    try {
        rename_into_place(temporary_, destination_, target_);
    } catch (const Error&) {
        if (!old.empty()) std::filesystem::rename(old, destination_, error);
        throw;
    }
    committed_ = true;
    if (!old.empty()) std::filesystem::remove_all(old, error);
}

void write_file_atomically(const std::filesystem::path& target, std::string_view text,
                           AtomicGroup* group) {
    AtomicFile file(target, group);
    file.write(text);
    file.commit();
}

void copy_file_atomically(const std::filesystem::path& source,
                          const std::filesystem::path& target) {
    AtomicFile file(target);
    read_pieces(source, [&](std::string_view piece) {
        throw_if_stopped();
        file.write(piece);
    });
    file.commit();
}

std::string read_file(const std::filesystem::path& path) {
    std::string text;
    read_pieces(path, [&](std::string_view piece) { text += piece; });
    return text;
}

}  // namespace dna_hnet
