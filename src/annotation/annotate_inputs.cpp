#include "annotation/annotate_inputs.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "annotation/contig_signal.hpp"
#include "core/error.hpp"
#include "core/log.hpp"
#include "genome/segments.hpp"
#include "hts/bgzf_text.hpp"

namespace dna_hnet::annotation {

using genome::Interval;

namespace {

constexpr std::int64_t kKmers = 4096;
// With so many bases of each 6-mer, a base is 1 % of its own expectation.
constexpr std::int64_t kFewestPerKmer = 100;

// Files of several strands and stages, whose rows stand in one table.
void require_one_model(const std::vector<BoundarySet>& sets, const std::string& hint) {
    for (const BoundarySet& set : sets) {
        const BoundarySet& first = sets.front();
        if (set.model == first.model) continue;
        const std::string text =
            fmt::format("{} and {} are of different models", first.path, set.path);
        if (!first.model.empty() && !set.model.empty()) throw input_error(text, hint);
        log_warning("annotate: " + text + ", or of one that only one of them states");
    }
}

class InputReader {
  public:
    InputReader(genome::Reference& reference, const AnnotateRequest& request)
        : reference_(reference), request_(request) {}
    AnnotateInputs read();

  private:
    void read_boundary_files();
    void warn_of_few_bases() const;
    std::vector<Interval> scored_bases();
    void read_feature_files();

    genome::Reference& reference_;
    const AnnotateRequest& request_;
    AnnotateInputs inputs_;
};

AnnotateInputs InputReader::read() {
    read_boundary_files();
    read_feature_files();
    return std::move(inputs_);
}

void InputReader::read_boundary_files() {
    const auto read = [&](const std::vector<std::string>& paths, std::vector<BoundarySet>& sets) {
        for (const std::string& path : paths) {
            sets.push_back(read_boundaries(path, reference_));
            for (std::size_t i = 0; i + 1 < sets.size(); ++i) {
                if (sets[i].strand == sets.back().strand && sets[i].stage == sets.back().stage) {
                    throw usage_error(fmt::format("{} and {} hold the same strand and stage",
                                                  sets[i].path, path));
                }
            }
        }
    };
    const std::string universe = request_.universe.empty()
                                     ? universe_beside(request_.boundaries.front())
                                     : request_.universe;
    read(request_.boundaries, inputs_.sets);
    read(request_.controls, inputs_.controls);
    require_one_model(inputs_.sets, "--control compares the boundaries of two models");
    require_one_model(inputs_.controls, "one table has the controls of one model");
    for (const BoundarySet& control : inputs_.controls) {
        if (std::none_of(inputs_.sets.begin(), inputs_.sets.end(), [&](const BoundarySet& set) {
                return inputs_.control_of(set) == &control;
            })) {
            throw usage_error(
                fmt::format("--control {}: no --boundaries of its strand and stage", control.path));
        }
    }
    inputs_.universe = genome::merged(hts::read_bed_intervals(universe, reference_));
    if (inputs_.universe.empty()) throw input_error(fmt::format("{}: no base", universe));
    warn_of_few_bases();
    for (const auto* sets : {&inputs_.sets, &inputs_.controls}) {
        for (const BoundarySet& set : *sets) require_cover(set, inputs_.universe, reference_);
    }
    for (const BoundarySet& set : inputs_.sets) {
        for (const Interval& outside : genome::difference(set.covered, inputs_.universe)) {
            const auto contig = static_cast<std::size_t>(outside.contig);
            const auto first = set.first_bases[contig].begin();
            if (std::find(first + outside.begin, first + outside.end, true) !=
                first + outside.end) {
                throw input_error(fmt::format("{}: boundaries on {} outside the universe {}",
                                              set.path, reference_.contigs()[contig].name,
                                              universe));
            }
        }
    }
}

// kmer6 counts contig by contig. Scaffolds with less than 1 % of all bases change nothing.
void InputReader::warn_of_few_bases() const {
    std::vector<std::int64_t> bases(reference_.contigs().size());
    for (const Interval& i : inputs_.universe)
        bases[static_cast<std::size_t>(i.contig)] += i.length();
    std::int64_t few = 0, all = 0;
    for (const std::int64_t count : bases) {
        all += count;
        if (count < kKmers * kFewestPerKmer) few += count;
    }
    if (few * 100 <= all) return;
    log_warning(fmt::format(
        "annotate: {:.0f} % of the bases lie on contigs with fewer than {} bases per 6-mer, where "
        "kmer6 takes a part of an effect for the 6-mers' own",
        100.0 * static_cast<double>(few) / static_cast<double>(all), kFewestPerKmer));
}

// That take part on any strand.
std::vector<Interval> InputReader::scored_bases() {
    std::vector<Interval> scored;
    for (std::size_t c = 0; c < reference_.contigs().size(); ++c) {
        const auto contig = static_cast<std::int64_t>(c);
        const auto universe = on_contig(inputs_.universe, contig);
        if (universe.empty()) continue;
        const auto segments = genome::find_segments(reference_, contig);
        for (const BoundarySet& set : inputs_.sets) {
            const auto pieces = scored_pieces(universe, segments, set.strand);
            scored.insert(scored.end(), pieces.begin(), pieces.end());
        }
    }
    return genome::merged(std::move(scored));
}

void InputReader::read_feature_files() {
    const std::vector<Interval> scored = scored_bases();
    std::vector<std::string> missing = request_.types;
    for (const auto& [name, path] : request_.features) {
        std::vector<Interval> places;
        for (FeatureSet& set : read_features(name, path, request_.types, reference_)) {
            for (const FeatureSet& other : inputs_.features) {
                if (other.name == set.name) {
                    throw usage_error(fmt::format("--features: two are named {}", set.name));
                }
            }
            std::vector<Interval> own;
            for (const Feature& feature : set.features) own.push_back(feature.place);
            if (genome::intersection(genome::merged(own), scored).empty()) {
                log_warning(fmt::format(
                    "annotate: {}: no feature has a scored base: its rows are NA", set.name));
            }
            places.insert(places.end(), own.begin(), own.end());
            std::erase_if(missing, [&, &file = name](const std::string& type) {
                return set.name == file + ":" + type;
            });
            if (set.duplicates > 0) {
                log_info(fmt::format("annotate: {}: {} rows at a place and strand already seen",
                                     set.name, set.duplicates));
            }
            inputs_.features.push_back(std::move(set));
        }
        if (genome::intersection(genome::merged(places), inputs_.universe).empty()) {
            throw input_error(fmt::format("{}: no feature has a base in the universe", path));
        }
        if (genome::intersection(genome::merged(places), scored).empty()) {
            throw input_error(
                fmt::format("{}: no feature has a scored base: the first {} of a "
                            "segment, in reading direction, do not count",
                            path, kSegmentStart));
        }
    }
    if (missing.empty()) return;
    if (missing == request_.types) {
        throw usage_error("--types: belongs to GTF and GFF3, of which none is given");
    }
    log_warning(fmt::format("annotate: --types: no feature of type {}", fmt::join(missing, ", ")));
}

}  // namespace

const BoundarySet* AnnotateInputs::control_of(const BoundarySet& set) const {
    for (const BoundarySet& control : controls) {
        if (control.strand == set.strand && control.stage == set.stage) return &control;
    }
    return nullptr;
}

AnnotateInputs read_annotate_inputs(genome::Reference& reference, const AnnotateRequest& request) {
    return InputReader(reference, request).read();
}

std::vector<Interval> on_contig(const std::vector<Interval>& intervals, std::int64_t contig) {
    std::vector<Interval> found;
    for (const Interval& i : intervals) {
        if (i.contig == contig) found.push_back(i);
    }
    return found;
}

}  // namespace dna_hnet::annotation
