#pragma once
// A track of a hub or browser session: what a bigWig or bigBed file shows, told from its name and
// its magic number, and how browsers should draw it.
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "genome/reference.hpp"
#include "tracks/track_file.hpp"

namespace dna_hnet::tracks {

// In the order in which a browser shows them. `other`: a name that `boundaries` and `score
// --tracks` do not write.
enum class TrackKind { chunks, probability, bits, entropy, logo, other };

struct HubTrack {
    std::filesystem::path source;
    std::string file;    // name in the hub's folder: letters, digits, dot, dash, underscore
    std::string id;      // letters, digits and underscores, a letter first; unique in its hub
    std::string prefix;  // PREFIX of the file's name
    std::string set;     // what tells PREFIX from those of other tracks; empty where all have one
    TrackKind kind = TrackKind::other;
    int stage = -1;      // of chunks and probability
    std::string strand;  // fwd, rev or mean; empty for `other`
    TrackFile content;
    std::string model;  // sha256, from the FILE.json beside it; empty when not known

    std::string short_label() const;  // 17 characters at most; begins with the set
    std::string long_label() const;   // 76 at most
    // R,G,B of the strand that is read; empty for chunks, logos and `other`.
    std::string_view colour() const;
};

// Groups of tracks: the word for their names, and their title.
std::string_view kind_name(TrackKind kind);
std::string_view kind_title(TrackKind kind);

// The values that a browser's scale shows. Both 0: left to the browser.
struct Scale {
    double low = 0, high = 0;
};
Scale scale_of(TrackKind kind);

// Sorted by kind, stage and strand. bad_input, with the track's name: a file that cannot be read as
// a track, whose format is not the one that its name says, or with a contig that the reference
// lacks or has with another length. usage error: no track, two of one file name.
std::vector<HubTrack> describe_tracks(const std::vector<std::filesystem::path>& files,
                                      const genome::Reference& reference);

// At most `limit` bytes, whole characters; the end of what is cut is "...".
std::string shortened(const std::string& text, std::size_t limit);
// Every byte but letters, digits and those of `kept` becomes an underscore.
std::string word_of(std::string text, std::string_view kept = "");

}  // namespace dna_hnet::tracks
