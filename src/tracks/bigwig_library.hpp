#pragma once
// libBigWig, which reads for us: its global state, once for the process and freed at its end, and
// its handles. Included by source files of this layer only: its users see no header of the library.
#include <bigWig.h>
#include <fmt/format.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/error.hpp"
#include "genome/interval.hpp"

namespace dna_hnet::tracks {

inline void require_library() {
    struct Library {
        Library() {
            constexpr std::size_t kBufferBytes = 1 << 17;  // of remote files, which we do not read
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

// A file that is read from its first contig to its last, some blocks at a time.
struct LibraryFile {
    std::string path;
    std::unique_ptr<bigWigFile_t, CloseFile> file;
    std::vector<genome::Contig> contigs;  // in the order of the file
    std::size_t contig = 0;               // the next to be opened
    std::unique_ptr<bwOverlapIterator_t, DestroyIterator> iterator;
    std::uint32_t at = 0;  // of the iterator's intervals or entries

    [[noreturn]] void fail(const std::string& what) const {
        throw input_error(fmt::format("{}: {}", path, what), "copy or make the file again");
    }

    // The next intervals or entries, at `at`; false at the end. `open(name, length)` is the
    // library's iterator over a contig, `what` what it gives.
    template <class Open>
    bool fill(const char* what, const Open& open) {
        while (at >= count()) {
            at = 0;
            if (iterator && iterator->data) {
                // On an error the library has destroyed it.
                iterator.reset(bwIteratorNext(iterator.release()));
            } else {
                if (contig == contigs.size()) return false;
                const genome::Contig& here = contigs[contig++];
                iterator.reset(open(here.name.c_str(), static_cast<std::uint32_t>(here.length)));
            }
            if (!iterator) fail(fmt::format("damaged: its {} cannot be read", what));
        }
        return true;
    }

  private:
    std::uint32_t count() const {
        if (!iterator) return 0;
        if (iterator->intervals) return iterator->intervals->l;
        return iterator->entries ? iterator->entries->l : 0;
    }
};

}  // namespace dna_hnet::tracks
