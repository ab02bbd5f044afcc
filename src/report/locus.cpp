#include "report/locus.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "core/error.hpp"
#include "formats/text.hpp"
#include "genome/alphabet.hpp"
#include "hts/bgzf_text.hpp"
#include "hts/indexed_fasta.hpp"
#include "tracks/bigwig_reader.hpp"

namespace dna_hnet::report {
namespace {

using genome::BedRecord;

constexpr std::int64_t kLength = 6000;  // of the place that is chosen here
constexpr std::int64_t kBefore = 500;   // bases before the feature that decides
constexpr std::int64_t kChunksBefore = 700;
constexpr std::size_t kMostPlaces = 5000;  // that are compared

// Features by file, for choosing and for drawing.
struct NamedSets {
    std::string name;
    std::vector<annotation::FeatureSet> sets;
};

std::vector<NamedSets> read_sets(Draft& draft) {
    std::vector<NamedSets> files;
    for (const auto& [name, path] : draft.request.features) {
        files.push_back({name, annotation::read_features(name, path, {}, *draft.reference)});
        draft.inputs.note_text("features " + name, path);
    }
    return files;
}

// [begin, begin + kLength) moved into the interval, or all of it.
Place placed(const BedRecord& interval, std::int64_t begin) {
    const std::int64_t length = std::min(kLength, interval.end - interval.begin);
    begin = std::clamp(begin, interval.begin, interval.end - length);
    return {interval.contig, begin, begin + length};
}

// How many of the files have a feature that begins in the place.
std::size_t files_in(const std::vector<NamedSets>& files, const genome::Interval& place) {
    return static_cast<std::size_t>(
        std::count_if(files.begin(), files.end(), [&](const NamedSets& file) {
            return std::any_of(file.sets.begin(), file.sets.end(), [&](const auto& set) {
                const auto first = std::lower_bound(
                    set.features.begin(), set.features.end(), place.begin,
                    [&](const annotation::Feature& feature, std::int64_t begin) {
                        return std::pair(feature.place.contig, feature.place.begin) <
                               std::pair(place.contig, begin);
                    });
                return first != set.features.end() && first->place.contig == place.contig &&
                       first->place.begin < place.end;
            });
        }));
}

// The first place around a feature's start that shows features of the most files.
std::optional<Place> place_of_features(const std::vector<BedRecord>& universe,
                                       const std::vector<NamedSets>& files,
                                       const genome::Reference& reference) {
    const genome::ContigTable contigs(reference);
    std::optional<Place> best;
    std::size_t most = 0, seen = 0;
    for (const BedRecord& interval : universe) {
        const std::int64_t contig = contigs.index(interval.contig);
        for (const NamedSets& file : files) {
            for (const annotation::FeatureSet& set : file.sets) {
                for (const annotation::Feature& feature : set.features) {
                    if (feature.place.contig != contig || feature.place.begin < interval.begin ||
                        feature.place.begin >= interval.end) {
                        continue;
                    }
                    if (++seen > kMostPlaces || most == files.size()) return best;
                    const Place place = placed(interval, feature.place.begin - kBefore);
                    const std::size_t here = files_in(files, {contig, place.begin, place.end});
                    if (here <= most) continue;
                    most = here;
                    best = place;
                }
            }
        }
    }
    return best;
}

// Where the 700th chunk of the file begins, or its last one.
Place place_of_chunks(const std::vector<BedRecord>& universe, const std::string& path) {
    hts::TextReader reader(path);
    genome::BedParser parser(path);
    BedRecord row;
    std::int64_t rows = 0;
    for (std::string_view line; rows < kChunksBefore && reader.next(line);) {
        rows += parser.parse_line(line, row) ? 1 : 0;
    }
    if (rows == 0) throw input_error(fmt::format("{}: no row, expected chunks", path));
    // Of the region that holds its first base in reading direction.
    const std::int64_t first = row.strand == '-' ? row.end - 1 : row.begin;
    for (const BedRecord& interval : universe) {
        if (interval.contig == row.contig && interval.begin <= first && first < interval.end) {
            return placed(interval, std::max(row.begin, interval.begin));
        }
    }
    throw input_error(fmt::format("{}:{}: a chunk outside the universe beside it", path, row.line));
}

Place asked_place(const genome::Reference& reference, const std::string& text) {
    const genome::Interval interval = hts::parse_region(reference, text).interval;
    if (interval.length() > kLongestLocus) {
        throw usage_error(fmt::format("--locus {}: {} bases, expected at most {}", text,
                                      interval.length(), kLongestLocus));
    }
    const auto contig = static_cast<std::size_t>(interval.contig);
    return {reference.contigs()[contig].name, interval.begin, interval.end};
}

ChunkTrack read_chunks(const StageFile& file, const Place& place) {
    ChunkTrack track{file.stage, file.strand, {}};
    genome::BedParser parser(file.path);
    BedRecord row;
    hts::for_each_line_in(file.path, place.contig, place.begin, place.end,
                          [&](std::string_view line) {
                              if (!parser.parse_line(line, row)) return;
                              track.chunks.push_back({row.begin, row.end});
                          });
    return track;
}

void read_values(Draft& draft, Locus& locus) {
    const Place& place = locus.place;
    const auto read = [&](const std::string& path, const std::string& kind, const std::string& name,
                          const std::string& colour) {
        const tracks::BigWigReader reader(path);
        locus.values.push_back({name, colour, reader.values(place.contig, place.begin, place.end)});
        draft.inputs.note_binary(kind, path);
    };
    for (const StageFile& file : stage_files(draft.request.boundaries, "probability.bw")) {
        if (file.stage != 0) continue;
        const bool forward = file.strand == genome::Strand::forward;
        read(file.path, "boundary probability", forward ? "p forward" : "p reverse",
             forward ? "c1" : "c2");
    }
    if (draft.request.tracks.empty()) return;
    const std::size_t before = locus.values.size();
    for (const auto& [end, name, colour] : {std::tuple(".fwd.bits.bw", "bits forward", "c1"),
                                            std::tuple(".rev.bits.bw", "bits reverse", "c2")}) {
        const std::string path = draft.request.tracks + end;
        if (std::filesystem::exists(path)) read(path, "bits of every base", name, colour);
    }
    if (locus.values.size() == before) {
        throw input_error(fmt::format("--tracks {0}: neither {0}.fwd.bits.bw nor {0}.rev.bits.bw",
                                      draft.request.tracks));
    }
}

double height_of(const std::string& type) {
    if (type == "gene" || type == "transcript" || type == "mRNA") return 0;
    return type == "exon" ? 0.5 : 1;
}

// Genes of GTF and GFF3 are lines, exons low boxes, coding parts high ones; other types are drawn
// only where there are none of these.
FeatureTrack track_of(const NamedSets& file, std::int64_t contig, const Place& place) {
    FeatureTrack track{file.name, {}};
    const auto type_of = [&](const annotation::FeatureSet& set) {
        return set.name == file.name ? "" : set.name.substr(file.name.size() + 1);
    };
    const auto is_model = [&](const annotation::FeatureSet& set) {
        const std::string type = type_of(set);
        return type == "CDS" || height_of(type) < 1;
    };
    const bool models = std::any_of(file.sets.begin(), file.sets.end(), is_model);
    for (const annotation::FeatureSet& set : file.sets) {
        if (models && !is_model(set)) continue;
        for (const annotation::Feature& feature : set.features) {
            const genome::Interval& at = feature.place;
            if (at.contig != contig || at.begin >= place.end || at.end <= place.begin) continue;
            track.items.push_back({at.begin, at.end, feature.strand, height_of(type_of(set))});
        }
    }
    std::stable_sort(track.items.begin(), track.items.end(),
                     [](const auto& a, const auto& b) { return a.height < b.height; });
    return track;
}

void read_with_reference(Draft& draft, const std::vector<NamedSets>& files, Locus& locus) {
    if (!draft.reference) return;
    const std::int64_t contig = genome::contig_index(*draft.reference, locus.place.contig);
    for (const genome::Base base :
         draft.reference->fetch({contig, locus.place.begin, locus.place.end})) {
        locus.bases += genome::decode_base(base);
    }
    for (const NamedSets& file : files) {
        locus.features.push_back(track_of(file, contig, locus.place));
    }
}

}  // namespace

std::string Place::text() const {
    return fmt::format("{}:{}-{}", contig, formats::grouped(begin + 1), formats::grouped(end));
}

std::optional<Locus> read_locus(Draft& draft) {
    const std::string& prefix = draft.request.boundaries;
    const std::vector<StageFile> files = stage_files(prefix, "chunks.bed.gz");
    if (files.empty()) {
        if (draft.request.locus.empty() && draft.request.features.empty()) return std::nullopt;
        throw input_error(
            fmt::format("--boundaries {0}: no file {0}.stageS.fwd.chunks.bed.gz or .rev.", prefix));
    }
    const std::vector<NamedSets> features = read_sets(draft);
    Locus locus;
    if (!draft.request.locus.empty()) {
        locus.place = asked_place(*draft.reference, draft.request.locus);
    } else {
        const auto universe = hts::read_bed(prefix + ".universe.bed.gz");
        std::optional<Place> place;
        if (!features.empty()) place = place_of_features(universe, features, *draft.reference);
        locus.place = place ? *place : place_of_chunks(universe, files.front().path);
    }
    bool any = false;
    for (const StageFile& file : files) {
        locus.chunks.push_back(read_chunks(file, locus.place));
        any = any || !locus.chunks.back().chunks.empty();
        draft.inputs.note_text("chunks", file.path);
    }
    if (!any) {
        throw input_error(
            fmt::format("--locus {}: no chunk of {} there", locus.place.text(), prefix),
            "take a place inside its universe: " + prefix + ".universe.bed.gz");
    }
    read_values(draft, locus);
    read_with_reference(draft, features, locus);
    return locus;
}

std::string add_locus_section(Draft& draft) {
    const std::optional<Locus> locus = read_locus(draft);
    if (!locus) return {};
    const formats::Svg picture = draw_locus(*locus, "Chunks at " + locus->place.text());
    std::string html = paragraph(
        "Chunks of both strands, each to scale and in two tones by turns, where they are wide "
        "enough to be seen; elsewhere boundaries per "
        "base in bins (reverse boundaries at the gap where the chunk begins in reading direction). "
        "The lower part shows the marked bases one by "
        "one: p is the boundary probability (a boundary where it is above 0.5, dashed), bits the "
        "−log2 probability of the base that came. "
        "Genes are lines, exons low boxes, coding parts high ones.");
    html += legend(
        {{"c1", "forward strand"}, {"c2", "reverse strand"}, {"c3", "features without strand"}});
    draft.page.sections.push_back({"locus", "One place", html + wide_figure(picture)});
    return picture.document();
}

}  // namespace dna_hnet::report
