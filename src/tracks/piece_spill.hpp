#pragma once
// Sequences of pieces of bytes, all in one spill file, which is made when the first piece comes. A
// track needs a dozen of them while it is written, and many tracks are open at once.
//
//   PieceSpill spill("the zoom levels of x.bw", folder);
//   PieceSpill::Sequence coarse, fine;
//   spill.append(fine, bytes);
//   spill.for_each(fine, [&](const std::string& piece) { file.write(piece); });
#include <cstdint>
#include <filesystem>
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

    // As for SpillFile; errors are its errors.
    explicit PieceSpill(std::string what, std::filesystem::path folder = {})
        : what_(std::move(what)), folder_(std::move(folder)) {}

    void append(Sequence& sequence, std::string_view piece);
    // Its pieces as they came. `use` may append to other sequences.
    void for_each(const Sequence& sequence,
                  const std::function<void(const std::string& piece)>& use) const;

  private:
    std::string what_;
    std::filesystem::path folder_;
    std::optional<SpillFile> file_;
};

}  // namespace dna_hnet::tracks
