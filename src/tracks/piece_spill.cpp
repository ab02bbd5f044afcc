#include "tracks/piece_spill.hpp"

#include "tracks/little_endian.hpp"

namespace dna_hnet::tracks {
namespace {

// Stands before a piece.
struct Head {
    std::int64_t next = -1;  // where the sequence goes on
    std::uint64_t size = 0;
};

}  // namespace

void PieceSpill::append(Sequence& sequence, std::string_view piece) {
    if (!file_) file_.emplace(what_, folder_);
    std::string bytes;
    bytes.reserve(sizeof(Head) + piece.size());
    append_bytes(bytes, std::int64_t{-1}, std::uint64_t{piece.size()});
    bytes += piece;
    const std::int64_t place = file_->append(bytes.data(), bytes.size());
    if (sequence.first < 0) {
        sequence.first = place;
    } else {
        file_->write(sequence.last, &place, sizeof place);
    }
    sequence.last = place;
}

void PieceSpill::for_each(const Sequence& sequence,
                          const std::function<void(const std::string& piece)>& use) const {
    Head head;
    std::string piece;
    for (std::int64_t place = sequence.first; place >= 0; place = head.next) {
        file_->read(place, &head, sizeof head);
        piece.resize(head.size);
        file_->read(place + static_cast<std::int64_t>(sizeof head), piece.data(), piece.size());
        use(piece);
    }
}

}  // namespace dna_hnet::tracks
