#include "tracks/track_bytes.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/error.hpp"

namespace dna_hnet::tracks {

TrackBytes::TrackBytes(const std::filesystem::path& path) : path_(path) {
    file_.reset(std::fopen(path.c_str(), "rb"));
    if (!file_ || std::fseek(file_.get(), 0, SEEK_END) != 0) {
        fail(fmt::format("cannot open: {}", errno_text()));
    }
    size_ = static_cast<std::uint64_t>(ftello(file_.get()));
}

void TrackBytes::fail(const std::string& what) const {
    throw input_error(fmt::format("{}: {}", path_.string(), what));
}

std::string TrackBytes::at(std::uint64_t offset, std::uint64_t count) const {
    if (offset > size_ || count > size_ - offset) {
        fail(fmt::format("is damaged: {} bytes are wanted at {}, the file has {}", count, offset,
                         size_));
    }
    std::string bytes(count, '\0');
    if (fseeko(file_.get(), static_cast<off_t>(offset), SEEK_SET) != 0 ||
        std::fread(bytes.data(), 1, count, file_.get()) != count) {
        fail(fmt::format("cannot read: {}", errno_text()));
    }
    return bytes;
}

std::string TrackBytes::text_at(std::uint64_t offset) const {
    constexpr std::uint64_t kPiece = 4096;
    std::string text;
    while (offset < size_) {
        const std::string piece = at(offset, std::min(kPiece, size_ - offset));
        const std::size_t end = piece.find('\0');
        text += piece.substr(0, end);
        if (end != std::string::npos) return text;
        offset += piece.size();
    }
    fail("is damaged: a text has no end");
}

}  // namespace dna_hnet::tracks
