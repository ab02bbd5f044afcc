#include "tracks/hub_track.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <regex>
#include <set>
#include <tuple>

#include "core/atomic_file.hpp"
#include "core/error.hpp"

namespace dna_hnet::tracks {
namespace {

constexpr std::size_t kShortLabel = 17, kLongLabel = 76;  // UCSC's limits

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

std::string reading(const std::string& strand) {
    if (strand == "fwd") return "read forward";
    return strand == "rev" ? "read in reverse" : "mean of both strands";
}

// Fills prefix, kind, stage and strand.
void parse_name(const std::string& name, HubTrack& track) {
    static const std::regex kStaged(
        R"((.*)\.stage(\d{1,3})\.(fwd|rev)\.(chunks\.bb|probability\.bw))");
    static const std::regex kScored(R"((.*)\.(fwd|rev|mean)\.(bits|entropy|logo)\.bw)");
    std::smatch found;
    if (std::regex_match(name, found, kStaged)) {
        track.kind = found[4] == "chunks.bb" ? TrackKind::chunks : TrackKind::probability;
        track.stage = std::stoi(found[2]);
        track.strand = found[3];
    } else if (std::regex_match(name, found, kScored)) {
        track.kind = found[3] == "bits"      ? TrackKind::bits
                     : found[3] == "entropy" ? TrackKind::entropy
                                             : TrackKind::logo;
        track.strand = found[2];
    } else {
        track.prefix = std::filesystem::path(name).stem().string();
        return;
    }
    track.prefix = found[1];
}

void check_format(const HubTrack& track) {
    if (track.kind == TrackKind::other) return;
    const auto expected =
        track.kind == TrackKind::chunks ? TrackFile::Format::bigbed : TrackFile::Format::bigwig;
    if (track.content.format == expected) return;
    const bool bigbed = track.content.format == TrackFile::Format::bigbed;
    throw input_error(fmt::format("{}: is a {} file, by its name expected a {}",
                                  track.source.string(), bigbed ? "bigBed" : "bigWig",
                                  bigbed ? "bigWig" : "bigBed"));
}

void check_contigs(const HubTrack& track, const genome::ContigTable& table) {
    const genome::Reference& reference = table.reference();
    for (const genome::Contig& contig : track.content.contigs) {
        const std::int64_t number = table.find(contig.name);
        if (number < 0) {
            throw input_error(fmt::format("{}: has contig {}, which {} has not",
                                          track.source.string(), contig.name, reference.path()));
        }
        const auto& own = reference.contigs()[static_cast<std::size_t>(number)];
        if (own.length != contig.length) {
            throw input_error(fmt::format("{}: contig {} has length {}, in {} it is {}",
                                          track.source.string(), contig.name, contig.length,
                                          reference.path(), own.length));
        }
    }
}

std::string recorded_model(const std::filesystem::path& track) {
    const std::string path = track.string() + ".json";
    if (!std::filesystem::exists(path)) return {};
    const auto record = nlohmann::json::parse(read_file(path), nullptr, false);
    if (!record.is_object()) throw input_error(fmt::format("{}: is not a JSON object", path));
    const auto found = record.find("model_sha256");
    return found != record.end() && found->is_string() ? found->get<std::string>() : "";
}

// What is left of each prefix without the words that all of them begin with.
void name_sets(std::vector<HubTrack>& tracks) {
    std::set<std::string> prefixes;
    for (const HubTrack& track : tracks) {
        if (track.kind != TrackKind::other) prefixes.insert(track.prefix);
    }
    if (prefixes.size() < 2) return;
    const std::string &first = *prefixes.begin(), &last = *prefixes.rbegin();
    std::size_t common = 0, word = 0;
    while (common < first.size() && common < last.size() && first[common] == last[common]) {
        const bool separates = std::string_view("-_. ").find(first[common]) != std::string::npos;
        ++common;
        if (separates) word = common;
    }
    for (HubTrack& track : tracks) {
        if (track.kind != TrackKind::other) track.set = track.prefix.substr(word);
    }
}

int strand_order(const std::string& strand) {
    return strand == "fwd" ? 0 : strand == "rev" ? 1 : 2;
}

}  // namespace

std::string_view kind_name(TrackKind kind) {
    constexpr std::string_view kNames[] = {"chunks",  "probability", "bits",
                                           "entropy", "logo",        "other"};
    return kNames[static_cast<std::size_t>(kind)];
}

std::string_view kind_title(TrackKind kind) {
    constexpr std::string_view kTitles[] = {"Chunks",        "Boundary p", "Bits per base",
                                            "Entropy, bits", "2 - bits",   "Other tracks"};
    return kTitles[static_cast<std::size_t>(kind)];
}

Scale scale_of(TrackKind kind) {
    switch (kind) {
        case TrackKind::probability:
            return {0, 1};
        case TrackKind::bits:
            return {0, 3};
        case TrackKind::entropy:
            return {0, 2};
        case TrackKind::logo:
            return {-1, 2};
        default:
            return {};
    }
}

std::string HubTrack::short_label() const {
    std::string label;
    switch (kind) {
        case TrackKind::chunks:
            label = fmt::format("Chunks s{} {}", stage, strand);
            break;
        case TrackKind::probability:
            label = fmt::format("p s{} {}", stage, strand);
            break;
        case TrackKind::bits:
            label = "Bits " + strand;
            break;
        case TrackKind::entropy:
            label = "Entropy " + strand;
            break;
        case TrackKind::logo:
            label = "Logo " + strand;
            break;
        case TrackKind::other:
            label = prefix;
            break;
    }
    if (set.empty() || kind == TrackKind::other) return shortened(label, kShortLabel);
    const std::size_t room = kShortLabel - std::min(kShortLabel, label.size() + 1);
    // The end of a name tells more than its beginning: seed1, seed2.
    std::size_t begin = set.size() - std::min(set.size(), room);
    while (begin < set.size() && (static_cast<unsigned char>(set[begin]) & 0xC0) == 0x80) ++begin;
    return set.substr(begin) + " " + label;
}

std::string_view HubTrack::colour() const {
    if (kind == TrackKind::chunks || kind == TrackKind::logo || kind == TrackKind::other) return "";
    return strand == "fwd" ? "0,114,178" : strand == "rev" ? "213,94,0" : "70,70,70";
}

std::string HubTrack::long_label() const {
    const std::string how = reading(strand);
    std::string label;
    switch (kind) {
        case TrackKind::chunks:
            label = fmt::format("Learned chunks of stage {}, {}: {}", stage, how, prefix);
            break;
        case TrackKind::probability:
            label = fmt::format("Boundary probability, stage {}, {}: {}", stage, how, prefix);
            break;
        case TrackKind::bits:
            label = fmt::format("Bits per base, {}: {}", how, prefix);
            break;
        case TrackKind::entropy:
            label = fmt::format("Entropy of the prediction, bits, {}: {}", how, prefix);
            break;
        case TrackKind::logo:
            label = fmt::format("2 - bits, {}: {}", how, prefix);
            break;
        case TrackKind::other:
            label = source.filename().string();
            break;
    }
    return shortened(label, kLongLabel);
}

std::vector<HubTrack> describe_tracks(const std::vector<std::filesystem::path>& files,
                                      const genome::Reference& reference) {
    if (files.empty()) throw usage_error("no track given: expected bigWig or bigBed files");
    const genome::ContigTable table(reference);
    std::vector<HubTrack> tracks;
    for (const auto& path : files) {
        HubTrack track;
        track.source = path;
        track.file = word_of(path.filename().string(), ".-_");
        track.content = read_track_file(path);
        parse_name(path.filename().string(), track);
        check_format(track);
        check_contigs(track, table);
        track.model = recorded_model(path);
        for (const HubTrack& other : tracks) {
            if (other.file != track.file) continue;
            throw usage_error(fmt::format("{} and {}: both would be {} in the hub's folder",
                                          other.source.string(), path.string(), track.file));
        }
        tracks.push_back(std::move(track));
    }
    name_sets(tracks);
    std::stable_sort(tracks.begin(), tracks.end(), [](const HubTrack& a, const HubTrack& b) {
        return std::tuple(a.kind, a.stage, strand_order(a.strand)) <
               std::tuple(b.kind, b.stage, strand_order(b.strand));
    });
    std::set<std::string> ids;
    for (HubTrack& track : tracks) {
        const std::string stem = word_of(std::filesystem::path(track.file).stem().string());
        const std::string id = is_letter(stem[0]) ? stem : "t_" + stem;
        track.id = id;
        for (int n = 2; !ids.insert(track.id).second; ++n) track.id = fmt::format("{}_{}", id, n);
    }
    return tracks;
}

std::string shortened(const std::string& text, std::size_t limit) {
    if (text.size() <= limit) return text;
    std::size_t end = limit - 3;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
    return text.substr(0, end) + "...";
}

std::string word_of(std::string text, std::string_view kept) {
    for (char& c : text) {
        const bool plain = is_letter(c) || (c >= '0' && c <= '9');
        if (!plain && kept.find(c) == std::string_view::npos) c = '_';
    }
    return text;
}

}  // namespace dna_hnet::tracks
