#include "tracks/browser_session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "formats/text.hpp"

namespace dna_hnet::tracks {
namespace {

constexpr std::int64_t kLocusBases = 1000;

bool ends_with(const std::string& text, const std::string& end) {
    return text.size() >= end.size() &&
           text.compare(text.size() - end.size(), end.size(), end) == 0;
}

// Percent-encoded as the path of a URL.
std::string url_path(const std::string& path) {
    std::string out;
    for (const char c : path) {
        const bool plain = word_of(std::string(1, c), "_.-~/")[0] == c;
        out += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return out;
}

std::string first_locus(const genome::Reference& reference, const std::vector<HubTrack>& tracks) {
    genome::Interval place{0, 0, 0};
    for (const HubTrack& track : tracks) {
        if (track.content.first_contig.empty()) continue;
        place.contig = genome::contig_index(reference, track.content.first_contig);
        place.begin = track.content.first_base;
        break;
    }
    const auto& contig = reference.contigs()[static_cast<std::size_t>(place.contig)];
    place.end = std::min(place.begin + kLocusBases, contig.length);
    return genome::region_text(reference, place);
}

}  // namespace

SessionGenome session_genome(const std::string& name, const genome::Reference& reference,
                             const std::filesystem::path& folder,
                             const std::vector<HubTrack>& tracks) {
    SessionGenome genome{name, {}, false, first_locus(reference, tracks)};
    if (!reference.is_file() || ends_with(reference.path(), ".dhg")) return genome;
    // Of the real folders: a link on the way would lead ".." elsewhere. Not of the file, beside
    // whose own name its index stands.
    const auto fasta = std::filesystem::absolute(reference.path());
    genome.fasta = (std::filesystem::canonical(fasta.parent_path()) / fasta.filename())
                       .lexically_relative(
                           std::filesystem::weakly_canonical(std::filesystem::absolute(folder)))
                       .generic_string();
    genome.bgzip = ends_with(reference.path(), ".gz");
    return genome;
}

std::string igv_xml(const SessionGenome& genome, const std::vector<HubTrack>& tracks) {
    std::string text = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?>\n";
    text += fmt::format("<Session genome=\"{}\" locus=\"{}\" version=\"8\">\n    <Resources>\n",
                        formats::escaped(genome.fasta.empty() ? genome.name : genome.fasta),
                        formats::escaped(genome.locus));
    for (const HubTrack& track : tracks) {
        const bool bigbed = track.content.format == TrackFile::Format::bigbed;
        text += fmt::format("        <Resource name=\"{}\" path=\"{}\" type=\"{}\"/>\n",
                            formats::escaped(track.short_label()), formats::escaped(track.file),
                            bigbed ? "bigbed" : "bigwig");
    }
    return text + "    </Resources>\n</Session>\n";
}

std::string igv_json(const SessionGenome& genome, const std::vector<HubTrack>& tracks) {
    nlohmann::ordered_json session;
    if (genome.fasta.empty()) {
        session["genome"] = genome.name;
    } else {
        const std::string fasta = url_path(genome.fasta);
        auto& reference = session["reference"];
        reference = {{"id", genome.name}, {"fastaURL", fasta}, {"indexURL", fasta + ".fai"}};
        if (genome.bgzip) reference["compressedIndexURL"] = fasta + ".gzi";
    }
    session["locus"] = genome.locus;
    session["tracks"] = nlohmann::ordered_json::array();
    for (const HubTrack& track : tracks) {
        const bool bigbed = track.content.format == TrackFile::Format::bigbed;
        nlohmann::ordered_json item{{"name", track.short_label()},
                                    {"type", bigbed ? "annotation" : "wig"},
                                    {"format", bigbed ? "bigbed" : "bigwig"},
                                    {"url", track.file}};
        if (bigbed) item["displayMode"] = "COLLAPSED";
        if (const Scale scale = scale_of(track.kind); scale.low < scale.high) {
            item["min"] = scale.low;
            item["max"] = scale.high;
        }
        if (track.kind == TrackKind::logo) item["graphType"] = "dynseq";
        if (!track.colour().empty()) item["color"] = fmt::format("rgb({})", track.colour());
        session["tracks"].push_back(std::move(item));
    }
    return session.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace dna_hnet::tracks
