#pragma once
// Sequences of pieces of bytes, all in one spill file, which is made when the first piece comes. A
// track needs a dozen of them while it is written, and many tracks are open at once.
//
//   PieceSpill spill("the zoom levels of x.bw");
//   PieceSpill::Sequence coarse, fine;
//   spill.append(fine, bytes);
//   spill.for_each(fine, [&](const std::string& piece) { file.write(piece); });
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "core/spill_file.hpp"

namespace dna_hnet::tracks {

class PieceSpill {
  public:
    struct Sequence {
        std::int64_t first = -1, last = -1;  // where its pieces lie; -1: it has none
    };

    // What lies in it, for messages. Errors are those of SpillFile.
    explicit PieceSpill(std::string what) : what_(std::move(what)) {}

    void append(Sequence& sequence, std::string_view piece);
    // Its pieces as they came. `use` may append to other sequences.
    void for_each(const Sequence& sequence,
                  const std::function<void(const std::string& piece)>& use) const;

  private:
    std::string what_;
    std::optional<SpillFile> file_;
};

}  // namespace dna_hnet::tracks
