#pragma once
// Sessions that open a hub's tracks without UCSC: IGV desktop's XML and igv.js' JSON. Paths are
// relative to the folder that the session lies in.
#include <filesystem>
#include <string>
#include <vector>

#include "genome/reference.hpp"
#include "tracks/hub_track.hpp"

namespace dna_hnet::tracks {

struct SessionGenome {
    std::string name;
    std::string fasta;  // relative path; empty: the browser's own genome of that name is used
    bool bgzip = false;
    std::string locus;  // chr1:101-1100, 1-based
};

// `reference` as seen from `folder`: its FASTA, or its name alone where no FASTA has its contigs (a
// genome cache, genomes with labels or several). The locus is where the data of the first track
// that has some begin, 1,000 bases at most.
SessionGenome session_genome(const std::string& name, const genome::Reference& reference,
                             const std::filesystem::path& folder,
                             const std::vector<HubTrack>& tracks);

std::string igv_xml(const SessionGenome& genome, const std::vector<HubTrack>& tracks);
std::string igv_json(const SessionGenome& genome, const std::vector<HubTrack>& tracks);

}  // namespace dna_hnet::tracks
