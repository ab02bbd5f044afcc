#include "annotation/boundary_set.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <regex>

#include "core/error.hpp"
#include "genome/segments.hpp"
#include "hts/bgzf_text.hpp"

namespace dna_hnet::annotation {
namespace {

using genome::Strand;

constexpr std::string_view kFingerprint = "#reference=sha256:";
constexpr std::string_view kModel = "#model=sha256:";
constexpr std::size_t kForced = 5, kStage = 6, kRest = 7;  // columns after the sixth

void check_fingerprint(std::string_view line, const std::string& path,
                       const genome::Reference& reference) {
    if (line.substr(0, kFingerprint.size()) != kFingerprint) return;
    const std::string expected = genome::reference_fingerprint(reference.contigs());
    if (!genome::same_reference(line.substr(kFingerprint.size()), expected)) {
        throw input_error(
            fmt::format("{}: was made on another reference than {}: sha256 {},"
                        " expected {}",
                        path, reference.path(), line.substr(kFingerprint.size()), expected));
    }
}

// The stage; throws unless the row is one of a chunk file.
std::int64_t stage_of(const genome::BedRecord& row, const std::string& path) {
    const auto fail = [&](const std::string& got) {
        return input_error(fmt::format("{}:{}: {}, expected a row of a chunk file of boundaries",
                                       path, row.line, got));
    };
    if (row.rest.size() != kRest) {
        throw fail(fmt::format("{} columns instead of 13", row.rest.size() + 6));
    }
    if (row.strand == '.' || row.end <= row.begin) throw fail("no strand or no base");
    const std::string& stage = row.rest[kStage];
    if (stage.size() != 1 || stage[0] < '0' || stage[0] > '9') {
        throw fail(fmt::format("stage '{}'", stage));
    }
    const std::int64_t first = row.strand == '+' ? row.begin + 1 : row.end;
    if (row.name != fmt::format("s{}_{}", stage, first)) {
        throw fail(fmt::format("name '{}' instead of s{}_{}", row.name, stage, first));
    }
    if (row.rest[kForced] != "0" && row.rest[kForced] != "1") {
        throw fail(fmt::format("forced '{}'", row.rest[kForced]));
    }
    return stage[0] - '0';
}

}  // namespace

BoundarySet read_boundaries(const std::string& path, const genome::Reference& reference) {
    BoundarySet set;
    set.path = path;
    set.first_bases.resize(reference.contigs().size());
    const genome::ContigTable contigs(reference);
    genome::BedParser parser(path);
    genome::BedRecord row;
    bool any = false;
    hts::for_each_line(path, [&](std::string_view line) {
        check_fingerprint(line, path, reference);
        if (line.starts_with(kModel)) set.model = line.substr(kModel.size());
        if (!parser.parse_line(line, row)) return;
        const std::int64_t stage = stage_of(row, path);
        const Strand strand = row.strand == '+' ? Strand::forward : Strand::reverse;
        if (!any) {
            set.stage = stage;
            set.strand = strand;
            any = true;
        }
        if (stage != set.stage || strand != set.strand) {
            throw input_error(
                fmt::format("{}:{}: stage {} strand {} after another, expected one"
                            " strand and stage per file",
                            path, row.line, stage, row.strand));
        }
        const genome::Interval place = genome::resolve(row, contigs, path);
        const auto contig = static_cast<std::size_t>(place.contig);
        auto& covered = set.covered;
        const bool goes_on = !covered.empty() && covered.back().contig == place.contig;
        if (goes_on && place.begin < covered.back().end) {
            throw input_error(fmt::format(
                "{}:{}: the chunk begins at {}, inside or before the one that ends at {}", path,
                row.line, place.begin, covered.back().end));
        }
        if (goes_on && covered.back().end == place.begin) {
            covered.back().end = place.end;
        } else {
            covered.push_back(place);
        }
        auto& first_bases = set.first_bases[contig];
        if (first_bases.empty()) {
            first_bases.resize(static_cast<std::size_t>(reference.contigs()[contig].length));
        }
        if (row.rest[kForced] == "1") return;
        const auto first =
            static_cast<std::size_t>(strand == Strand::forward ? place.begin : place.end - 1);
        if (first_bases[first]) {
            throw input_error(
                fmt::format("{}:{}: a second chunk begins at base {}", path, row.line, first + 1));
        }
        first_bases[first] = true;
    });
    if (!any) throw input_error(fmt::format("{}: no row, expected chunks", path));
    set.covered = genome::merged(std::move(set.covered));
    return set;
}

void require_cover(const BoundarySet& set, const std::vector<genome::Interval>& universe,
                   genome::Reference& reference) {
    const bool forward = set.strand == Strand::forward;
    std::map<std::int64_t, std::vector<genome::Interval>> segments;
    for (const genome::Interval& gap : genome::difference(universe, set.covered)) {
        const auto first_in = [&](const std::vector<genome::Interval>& places) {
            return std::any_of(places.begin(), places.end(), [&](const genome::Interval& place) {
                return place.contig == gap.contig &&
                       (forward ? place.begin == gap.begin : place.end == gap.end);
            });
        };
        if (first_in(universe)) {
            auto& own = segments[gap.contig];
            if (own.empty()) own = genome::find_segments(reference, gap.contig);
            if (!first_in(own)) continue;
        }
        throw input_error(fmt::format("{}: no chunk on {}, expected chunks on the whole universe",
                                      set.path, genome::region_text(reference, gap)));
    }
}

std::string universe_beside(const std::string& boundaries) {
    static const std::regex tail(R"(\.stage[0-9]\.(fwd|rev)\.chunks\.bed(\.gz)?$)");
    std::smatch match;
    if (!std::regex_search(boundaries, match, tail)) {
        throw usage_error(
            fmt::format("--boundaries {}: no name of the form PREFIX.stageS.fwd."
                        "chunks.bed.gz, so --universe is required",
                        boundaries));
    }
    return match.prefix().str() + ".universe.bed.gz";
}

}  // namespace dna_hnet::annotation
