#pragma once
// Space on disk for a file before it is written, for code that does not survive a write that fails.
//
//   if (const int error = reserve_space(fileno(file), 1 << 20)) ...  // errno's number
//   ...
//   release_space(path, 1 << 20);   // what was not needed
#include <cstdint>
#include <filesystem>

namespace dna_hnet::tracks {

// After this the file can grow to `size` bytes without an error; its length stays. Returns 0, or
// the errno of a full disk, a quota or a limit on file sizes (ENOSPC, EDQUOT, EFBIG). A file system
// that cannot reserve reserves nothing, and 0 is returned.
int reserve_space(int descriptor, std::int64_t size);

// Gives back what was reserved up to `size` past the file's end.
void release_space(const std::filesystem::path& path, std::int64_t size);

}  // namespace dna_hnet::tracks
