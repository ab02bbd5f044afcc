#include "core/spill_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>

#include "core/error.hpp"

namespace dna_hnet {

SpillFile::SpillFile(std::string what, const std::filesystem::path& folder)
    : what_(std::move(what)), hint_(folder.empty() ? "TMPDIR names a folder with more room" : "") {
    const std::filesystem::path place =
        folder.empty() ? std::filesystem::temp_directory_path() : folder;
    std::string pattern = (place / ".dna-hnet-XXXXXX").string();
    descriptor_ = ::mkostemp(pattern.data(), O_CLOEXEC);
    if (descriptor_ < 0) fail("make a temporary file for");
    ::unlink(pattern.c_str());
}

SpillFile::~SpillFile() {
    ::close(descriptor_);
}

void SpillFile::fail(const char* action) const {
    throw run_error(fmt::format("cannot {} {}: {}", action, what_, errno_text()), hint_);
}

std::int64_t SpillFile::append(const void* bytes, std::size_t count) {
    const std::int64_t offset = size_;
    write(offset, bytes, count);
    return offset;
}

void SpillFile::write(std::int64_t offset, const void* bytes, std::size_t count) {
    const char* next = static_cast<const char*>(bytes);
    std::int64_t place = offset;
    for (std::size_t left = count; left > 0;) {
        errno = 0;
        const ssize_t written = ::pwrite(descriptor_, next, left, place);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) fail("keep on disk");
        next += written;
        place += written;
        left -= static_cast<std::size_t>(written);
    }
    if (place > size_) size_ = place;  // threads that write inside leave it alone
}

void SpillFile::read(std::int64_t offset, void* bytes, std::size_t count) const {
    char* next = static_cast<char*>(bytes);
    for (std::size_t left = count; left > 0;) {
        errno = 0;
        const ssize_t got = ::pread(descriptor_, next, left, offset);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) fail("read back");
        next += got;
        offset += got;
        left -= static_cast<std::size_t>(got);
    }
}

void SpillFile::resize(std::int64_t size) {
    errno = 0;
    if (::ftruncate(descriptor_, size) != 0) fail("keep on disk");
    size_ = size;
}

}  // namespace dna_hnet
