#pragma once
// A folder with a UCSC track hub and browser sessions of the same tracks.
//
//   hub.txt, genomes.txt, trackDb.txt   the hub; one composite track for each kind of track
//   description.html                    what the tracks are, of which model
//   igv.xml, igv.json                   browser_session.hpp
//   *.bb, *.bw                          the tracks
//
// Settings: UCSC's trackDb definition document. Their names are case-sensitive, and wrong ones are
// ignored without a word.
#include <filesystem>
#include <string>
#include <vector>

#include "core/version.hpp"
#include "genome/reference.hpp"
#include "tracks/hub_track.hpp"

namespace dna_hnet::tracks {

struct HubRequest {
    std::string genome;  // UCSC's name of the assembly
    std::string label;
    std::string email;
    bool link = false;  // hard links in place of copies of the tracks
    std::filesystem::path folder;
    Provenance provenance;
};

// usage error unless `folder` is free: not there, empty, or holding nothing but an earlier hub
// of this program, with every file that such a hub has.
// run_failed as require_parent_folder().
void require_hub_replaceable(const std::filesystem::path& folder);

std::string hub_text(const HubRequest& request);
std::string genomes_text(const HubRequest& request);
std::string track_db_text(const std::vector<HubTrack>& tracks);
std::string description_html(const HubRequest& request, const std::vector<HubTrack>& tracks);

// Writes the folder, which appears whole or not at all; an earlier hub in it is replaced. usage
// error: a genome, label or address that hub.txt cannot hold, a track named as one of the hub's own
// files, and as above. run_failed where it cannot be written.
void write_hub(const HubRequest& request, const genome::Reference& reference,
               const std::vector<HubTrack>& tracks);

}  // namespace dna_hnet::tracks
