#pragma once
// libBigWig's global state: once for the process, freed at its end. Included by source files of
// this layer only: its users see no header of the library.
#include <bigWig.h>

#include <cstddef>

#include "core/error.hpp"

namespace dna_hnet::tracks {

inline constexpr std::size_t kBufferBytes = 1 << 17;

inline void require_library() {
    struct Library {
        Library() {
            if (bwInit(kBufferBytes) != 0) throw run_error("libBigWig: bwInit failed");
        }
        ~Library() { bwCleanup(); }
        Library(const Library&) = delete;
        Library& operator=(const Library&) = delete;
    };
    static const Library library;
}

}  // namespace dna_hnet::tracks
