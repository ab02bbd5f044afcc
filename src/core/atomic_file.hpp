#pragma once
// Outputs appear whole or not at all: they are written under a temporary name beside the target and
// renamed by commit(). Without commit() the destructor removes what was written. Errors:
// run_failed, with the target's name and errno's text. A target that is a symbolic link stays one:
// the file it names is replaced. AtomicFile writes to a device or pipe
// (/dev/null, /dev/stdout, a FIFO) directly; AtomicPath refuses them. Temporary files and folders
// of the same target that a killed process of this machine has left are removed.
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "core/atomic_group.hpp"

namespace dna_hnet {

class AtomicFile {
  public:
    // Opens the temporary file; fails when the folder cannot be written. With a group the file
    // appears when the group is committed, not before; the group must outlive it.
    explicit AtomicFile(std::filesystem::path target, AtomicGroup* group = nullptr);
    ~AtomicFile();
    AtomicFile(const AtomicFile&) = delete;
    AtomicFile& operator=(const AtomicFile&) = delete;

    void write(std::string_view bytes);
    void write(const void* bytes, std::size_t size);
    // Bytes that were written before; for a header that is known at the end. run_failed past the
    // end of what is written, and on a pipe.
    void overwrite(std::int64_t offset, std::string_view bytes);
    void commit();  // flush, fsync, rename (or handed to the group)
    const std::filesystem::path& target() const { return target_; }

  private:
    std::filesystem::path target_, destination_;
    std::filesystem::path temporary_;  // empty: nothing to rename or remove
    std::FILE* file_ = nullptr;
    AtomicGroup* group_;
};

// The same for a C library that opens its file by name: write to temporary(), close it, then
// commit().
class AtomicPath {
  public:
    explicit AtomicPath(std::filesystem::path target, AtomicGroup* group = nullptr);
    ~AtomicPath();
    AtomicPath(const AtomicPath&) = delete;
    AtomicPath& operator=(const AtomicPath&) = delete;
    const std::filesystem::path& temporary() const { return temporary_; }
    const std::filesystem::path& target() const { return target_; }
    void commit();

  private:
    std::filesystem::path target_, destination_, temporary_;
    AtomicGroup* group_;
    bool committed_ = false;
};

// The same for a folder: fill(), then commit() renames it. An existing folder is replaced, but for
// the working folder.
class AtomicFolder {
  public:
    explicit AtomicFolder(std::filesystem::path target);
    ~AtomicFolder();
    AtomicFolder(const AtomicFolder&) = delete;
    AtomicFolder& operator=(const AtomicFolder&) = delete;
    // Calls `write` with the folder as it is called until commit(). Its errors name the files by
    // the names that they will have.
    void fill(const std::function<void(const std::filesystem::path&)>& write);
    void commit();

  private:
    std::filesystem::path target_, destination_, temporary_;
    bool committed_ = false;
};

// run_failed unless the folder that `target` stands in is there and can be written: `no/x.tsv:
// cannot write: there is no folder no`. The classes above ask it first.
void require_parent_folder(const std::filesystem::path& target);

// A copy of a file that appears whole or not at all; stops at signals. bad_input when `source`
// cannot be read.
void copy_file_atomically(const std::filesystem::path& source, const std::filesystem::path& target);

// A small text file in one call.
void write_file_atomically(const std::filesystem::path& target, std::string_view text,
                           AtomicGroup* group = nullptr);
std::string read_file(const std::filesystem::path& path);  // bad_input when it cannot be read

// Tests of a full disk: from now on AtomicFile fails after so many bytes in all, as if errno were
// ENOSPC. Negative: off.
void fail_writes_after(std::int64_t bytes);

}  // namespace dna_hnet
