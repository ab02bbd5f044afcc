#include "tracks/hub.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <sstream>

#include "core/atomic_file.hpp"
#include "core/error.hpp"
#include "formats/text.hpp"
#include "tracks/browser_session.hpp"

namespace dna_hnet::tracks {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kShortLabel = 17, kLongLabel = 80;  // of a hub
const std::set<std::string> kFiles{"hub.txt",          "genomes.txt", "trackDb.txt",
                                   "description.html", "igv.xml",     "igv.json"};
constexpr const char* kUrlSetting = "bigDataUrl ";

void check_line(const std::string& option, const std::string& text, bool spaces) {
    const auto bad = [&](char c) {
        return static_cast<unsigned char>(c) < ' ' || c == 0x7F || (!spaces && c == ' ');
    };
    if (text.empty() || std::any_of(text.begin(), text.end(), bad)) {
        throw usage_error(fmt::format("{}: got '{}', expected {}", option, text,
                                      spaces ? "one line of text" : "one word"));
    }
}

std::string type_of(const HubTrack& track) {
    if (track.content.format == TrackFile::Format::bigbed) {
        const bool more = track.content.fields > track.content.bed_fields;
        return fmt::format("bigBed {}{}", track.content.bed_fields, more ? " +" : "");
    }
    const Scale scale = scale_of(track.kind);
    if (scale.low == scale.high) return "bigWig";
    return fmt::format("bigWig {} {}", scale.low, scale.high);
}

// Of a track and of the composite around it.
std::string drawing_settings(const HubTrack& track) {
    const bool bigbed = track.content.format == TrackFile::Format::bigbed;
    std::string text =
        fmt::format("type {}\nvisibility {}\n", type_of(track), bigbed ? "dense" : "full");
    if (track.kind == TrackKind::chunks) text += "itemRgb on\n";
    if (bigbed) return text;
    text += "maxHeightPixels 100:40:8\nwindowingFunction mean\n";
    if (const Scale scale = scale_of(track.kind); scale.low < scale.high) {
        text += fmt::format("autoScale off\nviewLimits {}:{}\n", scale.low, scale.high);
    } else {
        text += "autoScale on\n";
    }
    if (track.kind == TrackKind::logo) text += "logo on\n";
    if (!track.colour().empty()) text += fmt::format("color {}\n", track.colour());
    return text;
}

std::string indented(const std::string& text) {
    std::istringstream lines(text);
    std::string out;
    for (std::string line; std::getline(lines, line);) out += "    " + line + "\n";
    return out;
}

// The names of the track files that an earlier hub in `folder` holds.
std::set<std::string> files_of_hub(const fs::path& folder) {
    std::set<std::string> files;
    std::error_code error;
    if (!fs::is_regular_file(folder / "trackDb.txt", error)) return files;
    std::istringstream lines(read_file(folder / "trackDb.txt"));
    for (std::string line; std::getline(lines, line);) {
        line.erase(0, line.find_first_not_of(' '));
        if (line.rfind(kUrlSetting, 0) == 0) {
            files.insert(line.substr(std::string(kUrlSetting).size()));
        }
    }
    return files;
}

void bring(const HubTrack& track, const fs::path& folder, const HubRequest& request) {
    if (!request.link) return copy_file_atomically(track.source, folder / track.file);
    std::error_code error;
    fs::create_hard_link(fs::canonical(track.source), folder / track.file, error);
    if (!error) return;
    throw run_error(fmt::format("{}: cannot link {}: {}", (request.folder / track.file).string(),
                                track.source.string(), error.message()));
}

}  // namespace

void require_hub_replaceable(const fs::path& folder) {
    require_parent_folder(folder);
    std::error_code error;
    if (!fs::exists(folder, error)) return;
    if (!fs::is_directory(folder, error)) {
        throw usage_error(fmt::format("{}: is a file, expected a folder", folder.string()));
    }
    if (fs::is_empty(folder, error)) return;
    for (const std::string& name : kFiles) {
        if (fs::is_regular_file(folder / name, error)) continue;
        throw usage_error(fmt::format("{}: no {} in it, so no hub of dna-hnet: not replaced",
                                      folder.string(), name),
                          "choose another folder");
    }
    const std::set<std::string> tracks = files_of_hub(folder);
    for (const auto& entry : fs::directory_iterator(folder, error)) {
        const std::string name = entry.path().filename().string();
        if (entry.is_regular_file() && (kFiles.count(name) || tracks.count(name))) continue;
        throw usage_error(fmt::format("{}: holds '{}', which is no file of a hub: not replaced",
                                      folder.string(), name),
                          "choose another folder, or move the file away");
    }
}

std::string hub_text(const HubRequest& request) {
    return fmt::format(
        "hub {}\nshortLabel {}\nlongLabel {}\ngenomesFile genomes.txt\nemail {}\n"
        "descriptionUrl description.html\n",
        word_of(request.label), shortened(request.label, kShortLabel),
        shortened(request.label, kLongLabel), request.email);
}

std::string genomes_text(const HubRequest& request) {
    return fmt::format("genome {}\ntrackDb trackDb.txt\n", request.genome);
}

std::string track_db_text(const std::vector<HubTrack>& tracks) {
    // "other" tracks need not have one type, as those of a composite must: they stand alone.
    std::set<std::string> ids;
    for (const HubTrack& track : tracks) ids.insert(track.id);
    std::string text, group;
    for (std::size_t i = 0; i < tracks.size(); ++i) {
        const HubTrack& track = tracks[i];
        const bool grouped = track.kind != TrackKind::other;
        if (grouped && (i == 0 || tracks[i - 1].kind != track.kind)) {
            group = fmt::format("dnahnet_{}", kind_name(track.kind));
            while (!ids.insert(group).second) group += "_all";
            text += fmt::format(
                "track {}\ncompositeTrack on\nshortLabel {}\nlongLabel {}\nhtml description.html\n"
                "{}\n",
                group, kind_title(track.kind),
                fmt::format("dna-hnet: {}, all stages and strands", kind_title(track.kind)),
                drawing_settings(track));
        }
        std::string own = fmt::format("track {}\n", track.id);
        if (grouped) own += fmt::format("parent {} on\n", group);
        own += fmt::format("{}{}\nshortLabel {}\nlongLabel {}\n", kUrlSetting, track.file,
                           track.short_label(), track.long_label());
        own += drawing_settings(track);
        text += (grouped ? indented(own) : own + "html description.html\n") + "\n";
    }
    return text;
}

std::string description_html(const HubRequest& request, const std::vector<HubTrack>& tracks) {
    std::string text = fmt::format(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>{0}</title>"
        "</head>\n<body>\n<h2>{0}</h2>\n<p>Assembly: {1}.</p>\n",
        formats::escaped(request.label), formats::escaped(request.genome));
    text +=
        "<h3>Method</h3>\n"
        "<p>A causal H-Net language model read the genome base by base, each strand on its own. "
        "<b>Bits</b> are -log2 of the probability that it gave the base from the bases before it "
        "in reading direction; 2 is what a model without knowledge needs. <b>Entropy</b> is that "
        "of its prediction, in bits. <b>Logo</b> heights are 2 - bits, negative where the model "
        "does worse than that. <b>Chunks</b> are the pieces into which its router cuts the "
        "sequence: stage 0 cuts bases, each further stage cuts the chunks of the one before. A "
        "chunk's colour is a tone by its start and says nothing else; its score is 1000 (2p - 1). "
        "<b>Boundary p</b> is the router's probability of a chunk that starts at the base. Bases "
        "without a value were not read: gaps of 50 or more N, and regions not asked for.</p>\n"
        "<p>A chunk boundary is a decision of the model. The tracks alone do not show that it "
        "marks anything in the genome.</p>\n"
        "<h3>Tracks</h3>\n<table>\n<tr><th>track</th><th>file</th><th>content</th>"
        "<th>model (sha256)</th></tr>\n";
    for (const HubTrack& track : tracks) {
        text += fmt::format("<tr><td>{}</td><td>{}</td><td>{}</td><td><code>{}</code></td></tr>\n",
                            formats::escaped(track.short_label()), track.file,
                            formats::escaped(track.long_label()),
                            track.model.empty() ? "not recorded" : formats::escaped(track.model));
    }
    text +=
        "</table>\n<h3>Citation</h3>\n<p>Hwang S, Wang B, Gu A. Dynamic Chunking for End-to-End "
        "Hierarchical Sequence Modeling. 2025. arXiv:2507.07955. Tracks by dna-hnet.</p>\n";
    if (request.provenance.enabled) {
        text += fmt::format("<p>dna-hnet {}: <code>{}</code></p>\n", version(),
                            formats::escaped(request.provenance.command));
    }
    return text + "</body>\n</html>\n";
}

void write_hub(const HubRequest& request, const genome::Reference& reference,
               const std::vector<HubTrack>& tracks) {
    check_line("--genome", request.genome, false);
    check_line("--email", request.email, false);
    check_line("--label", request.label, true);
    for (const HubTrack& track : tracks) {
        if (kFiles.count(track.file) == 0) continue;
        throw usage_error(
            fmt::format("{}: a hub has a file of its own of this name", track.source.string()),
            "rename the track");
    }
    require_hub_replaceable(request.folder);
    AtomicFolder output(request.folder);
    output.fill([&](const fs::path& inside) {
        for (const HubTrack& track : tracks) bring(track, inside, request);
        const SessionGenome genome =
            session_genome(request.genome, reference, request.folder, tracks);
        write_file_atomically(inside / "hub.txt", hub_text(request));
        write_file_atomically(inside / "genomes.txt", genomes_text(request));
        write_file_atomically(inside / "trackDb.txt", track_db_text(tracks));
        write_file_atomically(inside / "description.html", description_html(request, tracks));
        write_file_atomically(inside / "igv.xml", igv_xml(genome, tracks));
        write_file_atomically(inside / "igv.json", igv_json(genome, tracks));
    });
    output.commit();
}

}  // namespace dna_hnet::tracks
