#pragma once
// libBigWig: its global state, once for the process and freed at its end, and its handles. Included
// by source files of this layer only: its users see no header of the library.
#include <bigWig.h>

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/error.hpp"
#include "genome/interval.hpp"

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

inline constexpr std::uint32_t kBlocks = 64;  // of a file, read at a time

struct CloseFile {
    void operator()(bigWigFile_t* file) const { bwClose(file); }
};
struct DestroyIterator {
    void operator()(bwOverlapIterator_t* iterator) const { bwIteratorDestroy(iterator); }
};

// The contigs in the order of the file.
inline std::vector<genome::Contig> contigs_of(const bigWigFile_t& file) {
    std::vector<genome::Contig> contigs;
    for (std::int64_t i = 0; i < file.cl->nKeys; ++i) {
        contigs.push_back({file.cl->chrom[i], file.cl->len[i], ""});
    }
    return contigs;
}

}  // namespace dna_hnet::tracks
