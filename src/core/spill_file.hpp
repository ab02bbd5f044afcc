#pragma once
// Bytes that do not fit memory: a file without a name in the folder for temporary files (TMPDIR) or
// another one, gone with the object. Read and written by calls, so that its pages are the system's
// to drop. Errors: run_failed with errno's text. Reading is thread-safe, and so is writing inside
// the size, of different bytes.
//
//   SpillFile file("the reads");
//   file.append(bytes.data(), bytes.size());
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>

namespace dna_hnet {

class SpillFile {
  public:
    // What lies in it, for messages. An empty folder is that for temporary files.
    explicit SpillFile(std::string what, const std::filesystem::path& folder = {});
    ~SpillFile();
    SpillFile(const SpillFile&) = delete;
    SpillFile& operator=(const SpillFile&) = delete;

    std::int64_t size() const { return size_; }
    std::int64_t append(const void* bytes, std::size_t count);  // the offset of the bytes
    // Past the end, too: what lies between reads as zeros.
    void write(std::int64_t offset, const void* bytes, std::size_t count);
    void read(std::int64_t offset, void* bytes, std::size_t count) const;  // inside the size
    void resize(std::int64_t size);  // zeros behind what was there

  private:
    [[noreturn]] void fail(const char* action) const;

    std::string what_, hint_;
    int descriptor_ = -1;
    std::int64_t size_ = 0;
};

}  // namespace dna_hnet
