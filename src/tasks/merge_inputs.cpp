#include "tasks/merge_inputs.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <regex>
#include <set>

#include "core/error.hpp"
#include "core/json_reader.hpp"
#include "core/log.hpp"
#include "core/split.hpp"
#include "evaluate/score_table.hpp"
#include "genome/reference.hpp"
#include "hts/bgzf_text.hpp"
#include "tasks/boundary_files.hpp"
#include "tasks/chunk_summary.hpp"
#include "tasks/score_sums.hpp"
#include "tracks/bigbed_reader.hpp"
#include "tracks/bigwig_reader.hpp"

namespace dna_hnet::tasks {
namespace {

namespace fs = std::filesystem;

// The first line that is neither provenance nor empty, and the column line of a chunk file.
std::string first_line(const std::string& path) {
    hts::TextReader reader(path);
    for (std::string_view line; reader.next(line);) {
        if (line.starts_with("#chrom\t") || !(line.empty() || line[0] == '#')) {
            return std::string(line);
        }
    }
    return {};
}

std::string joined(const std::vector<std::string>& columns) {
    return fmt::format("{}", fmt::join(columns, "\t"));
}

const std::regex& known_suffix() {
    static const std::regex pattern(
        R"(stage[0-9]+\.(fwd|rev)\.(chunks\.(bed\.gz|bb)|probability\.bw)|)"
        R"((fwd|rev|mean)\.(bits|entropy|logo)\.bw|universe\.bed\.gz|summary\.tsv|counts\.tsv)");
    return pattern;
}

using Listings = std::map<fs::path, std::set<std::string>>;  // names in a folder

// Suffixes of the files PREFIX.SUFFIX that a job writes. Each folder is listed once.
std::set<std::string> suffixes_of(const std::string& prefix, Listings& listings) {
    const fs::path path = fs::absolute(prefix);
    const auto [names, fresh] = listings.try_emplace(path.parent_path());
    if (fresh) {
        std::error_code ignored;
        const fs::directory_iterator entries(path.parent_path(), ignored);
        for (const auto& entry : entries) names->second.insert(entry.path().filename().string());
    }
    const std::string stem = path.filename().string() + ".";
    std::set<std::string> suffixes;
    for (auto name = names->second.lower_bound(stem);
         name != names->second.end() && name->starts_with(stem); ++name) {
        const std::string suffix = name->substr(stem.size());
        if (std::regex_match(suffix, known_suffix())) suffixes.insert(suffix);
    }
    return suffixes;
}

bool equal(std::string_view a, std::string_view b) {
    return a == b;
}

// Keeps in `known` the fingerprint that says most.
void require_same(std::string& known, const std::string& found,
                  bool (*same)(std::string_view, std::string_view), const std::string& path,
                  const std::string& first, std::string_view what) {
    if (found.empty()) return;
    if (!known.empty() && !same(known, found)) {
        throw input_error(fmt::format("{}: made with another {} than {}", path, what, first),
                          "jobs can be joined only when they read one reference with one model");
    }
    if (found.size() > known.size()) known = found;
}

}  // namespace

std::string kind_name(JobKind kind) {
    switch (kind) {
        case JobKind::chunks:
            return "a BED of chunks";
        case JobKind::intervals:
            return "a BED";
        case JobKind::by_table:
            return "a table of score --by";
        case JobKind::bigwig:
            return "a bigWig";
        case JobKind::bigbed:
            return "a bigBed";
        case JobKind::blocks:
            return "a table of score --blocks";
        default:
            return "a table of boundaries --counts";
    }
}

JobKind kind_of(const std::string& path) {
    if (tracks::is_bigwig(path)) return JobKind::bigwig;
    if (tracks::is_bigbed(path)) return JobKind::bigbed;
    const std::string line = first_line(path);
    if (line + "\n" == kChunkHeader) return JobKind::chunks;
    if (line == joined(block_columns())) return JobKind::blocks;
    if (line == joined(chunk_sum_columns())) return JobKind::counts;
    if (line == joined(interval_columns())) return JobKind::by_table;
    if (line == joined(score_columns())) {
        throw input_error(
            fmt::format("{}: a summary of score has no sums that could be added", path),
            "join the jobs' tables of score --blocks: they give the summary");
    }
    if (line.starts_with("stage\tstrand\tclass\t")) {
        throw input_error(
            fmt::format("{}: a summary of boundaries has no sums that could be added", path),
            "join the jobs' tables of boundaries --counts: they give the summary");
    }
    if (split(line, '\t').size() == 3) return JobKind::intervals;
    throw input_error(
        fmt::format("{}: got a file of another kind, expected what score or "
                    "boundaries writes",
                    path));
}

std::map<std::string, std::vector<std::string>> files_of_prefixes(
    const std::vector<std::string>& inputs) {
    std::map<std::string, std::vector<std::string>> files;
    Listings listings;
    std::size_t prefixes = 0;
    for (const std::string& input : inputs) {
        if (fs::exists(input) && !fs::is_directory(input)) continue;
        const auto suffixes = suffixes_of(input, listings);
        if (suffixes.empty()) {
            throw input_error(
                fmt::format("{}: no such file, and no job's files begin with it", input));
        }
        ++prefixes;
        for (const std::string& suffix : suffixes) files[suffix].push_back(input + "." + suffix);
    }
    if (prefixes == 0) return {};
    if (prefixes < inputs.size()) {
        throw usage_error("merge: got files beside prefixes, expected one or the other");
    }
    for (const auto& [suffix, paths] : files) {
        if (paths.size() == inputs.size()) continue;
        for (const std::string& input : inputs) {
            if (fs::exists(input + "." + suffix)) continue;
            throw input_error(
                fmt::format("{}.{}: no such file, but {} is there", input, suffix, paths.front()));
        }
    }
    return files;
}

void require_same_source(Provenance& known, const Provenance& found, const std::string& path,
                         const std::string& first) {
    require_same(known.model_fingerprint, found.model_fingerprint, equal, path, first, "model");
    require_same(known.reference_fingerprint, found.reference_fingerprint, genome::same_reference,
                 path, first, "reference");
}

Provenance joined_provenance(const std::vector<std::string>& paths, JobKind kind, Provenance own) {
    std::string settled_by;  // the first file that says its settings
    std::string silent;      // the first that does not
    for (const std::string& path : paths) {
        Provenance found;
        std::string& settings = found.settings;
        if (kind == JobKind::bigwig || kind == JobKind::bigbed) {
            if (fs::exists(path + ".json")) {
                const auto object = read_json_file(path + ".json");
                found.model_fingerprint = object.value("model_sha256", "");
                found.reference_fingerprint = object.value("reference_sha256", "");
                settings = object.value("settings", "");
            }
        } else {
            hts::TextReader reader(path);
            for (std::string_view line; reader.next(line) && line.starts_with("#");) {
                constexpr std::string_view kModel = "#model=sha256:";
                constexpr std::string_view kReference = "#reference=sha256:";
                constexpr std::string_view kSettings = "#settings=";
                if (line.starts_with(kSettings)) settings = line.substr(kSettings.size());
                if (line.starts_with(kModel)) found.model_fingerprint = line.substr(kModel.size());
                if (line.starts_with(kReference)) {
                    found.reference_fingerprint = line.substr(kReference.size());
                }
            }
        }
        require_same_source(own, found, path, paths.front());
        if (!settings.empty() && !own.settings.empty() && settings != own.settings) {
            throw input_error(fmt::format("{}: made with {}, but {} with {}", path, settings,
                                          settled_by, own.settings),
                              "jobs can be joined only when all have the same settings");
        }
        if (own.settings.empty() && !settings.empty()) {
            own.settings = settings;
            settled_by = path;
        }
        if (settings.empty() && silent.empty()) silent = path;
    }
    if (!silent.empty() && !settled_by.empty()) {
        log_warning(
            fmt::format("merge: {} does not say its settings, {} was made with {}: not "
                        "compared",
                        silent, settled_by, own.settings));
    }
    return own;
}

std::int64_t parse_integer(std::string_view cell, const std::string& place, std::string_view what) {
    std::int64_t value = 0;
    const auto parsed = std::from_chars(cell.data(), cell.data() + cell.size(), value);
    if (parsed.ec != std::errc() || parsed.ptr != cell.data() + cell.size()) {
        throw input_error(
            fmt::format("{}: {}: got '{}', expected a whole number", place, what, cell));
    }
    return value;
}

void for_each_row(
    const std::string& path, const std::vector<std::string>& columns,
    const std::function<void(const std::vector<std::string_view>&, const std::string&)>& row) {
    std::int64_t number = 0;
    bool header = true;
    hts::for_each_line(path, [&](std::string_view line) {
        ++number;
        if (line.empty() || line[0] == '#') return;
        const auto cells = split(line, '\t');
        const std::string place = fmt::format("{}:{}", path, number);
        if (cells.size() != columns.size()) {
            throw input_error(fmt::format("{}: got {} columns, expected {}", place, cells.size(),
                                          columns.size()));
        }
        if (!std::exchange(header, false)) row(cells, place);
    });
}

Coverage::Coverage(const std::vector<genome::Contig>& contigs,
                   std::vector<genome::Interval> regions, std::vector<genome::Interval> universe)
    : contigs_(contigs), regions_(std::move(regions)), universe_(std::move(universe)) {
    std::stable_sort(universe_.begin(), universe_.end(), [&](const auto& a, const auto& b) {
        return a.contig != b.contig && contigs_[static_cast<std::size_t>(a.contig)].name <
                                           contigs_[static_cast<std::size_t>(b.contig)].name;
    });
}

void Coverage::check(const std::vector<Named>& read, const std::string& what) const {
    const auto text = [](const std::string& contig, std::int64_t begin, std::int64_t end) {
        return fmt::format("{}:{}-{}", contig, begin + 1, end);
    };
    for (std::size_t i = 0; i < std::max(read.size(), universe_.size()); ++i) {
        const std::string got =
            i < read.size() ? text(read[i].contig, read[i].begin, read[i].end) : "no more";
        std::string expected = "no more";
        if (i < universe_.size()) {
            const genome::Interval& interval = universe_[i];
            expected = text(contigs_[static_cast<std::size_t>(interval.contig)].name,
                            interval.begin, interval.end);
        }
        if (got != expected) {
            throw input_error(
                fmt::format("{}: the jobs have read {}, expected {}", what, got, expected),
                "is a job missing, or one of other regions among them?");
        }
    }
}

void Coverage::check_bases(std::int64_t read, const std::string& what) const {
    const std::int64_t expected = genome::total_length(universe_);
    if (read != expected) {
        throw input_error(
            fmt::format("{}: the jobs have read {} bases, expected {}", what, read, expected),
            "is a job missing, or given twice?");
    }
}

std::map<std::pair<std::string, std::int64_t>, std::int64_t> Coverage::blocks() const {
    std::map<std::pair<std::string, std::int64_t>, std::int64_t> bases;
    for (const genome::Interval& region : regions_) {
        const std::string& name = contigs_[static_cast<std::size_t>(region.contig)].name;
        for (std::int64_t begin = region.begin; begin < region.end;) {
            const std::int64_t block = begin / evaluate::kBlockBases;
            const std::int64_t end = std::min(region.end, (block + 1) * evaluate::kBlockBases);
            bases[{name, block}] += end - begin;
            begin = end;
        }
    }
    return bases;
}

}  // namespace dna_hnet::tasks
