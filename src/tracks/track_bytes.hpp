#pragma once
// The bytes of a file, every offset checked before it is followed. Errors: bad_input.
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>

namespace dna_hnet::tracks {

class TrackBytes {
  public:
    explicit TrackBytes(const std::filesystem::path& path);

    [[noreturn]] void fail(const std::string& what) const;  // with the file's name
    std::string at(std::uint64_t offset, std::uint64_t count) const;
    // From `offset` to a NUL, which is not part of it.
    std::string text_at(std::uint64_t offset) const;
    std::uint64_t size() const { return size_; }

  private:
    struct Close {
        void operator()(std::FILE* file) const { std::fclose(file); }
    };
    std::filesystem::path path_;
    std::unique_ptr<std::FILE, Close> file_;
    std::uint64_t size_ = 0;
};

}  // namespace dna_hnet::tracks
