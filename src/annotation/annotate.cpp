#include "annotation/annotate.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <memory>

#include "annotation/agreement.hpp"
#include "annotation/boundary_set.hpp"
#include "annotation/codon_phase.hpp"
#include "annotation/row_groups.hpp"
#include "annotation/table_writer.hpp"
#include "core/error.hpp"
#include "core/log.hpp"
#include "core/random.hpp"
#include "genome/segments.hpp"
#include "hts/bgzf_text.hpp"

namespace dna_hnet::annotation {
namespace {

using genome::Interval;
using genome::Strand;

constexpr std::int64_t kKmers = 4096;
// With so many bases of each 6-mer, a base is 1 % of its own expectation.
constexpr std::int64_t kFewestPerKmer = 100;

std::vector<Interval> on_contig(const std::vector<Interval>& intervals, std::int64_t contig) {
    std::vector<Interval> found;
    for (const Interval& i : intervals) {
        if (i.contig == contig) found.push_back(i);
    }
    return found;
}

class AnnotateTask {
  public:
    AnnotateTask(genome::Reference& reference, const AnnotateRequest& request)
        : reference_(reference), request_(request), writer_(request) {
        read_inputs();
    }
    void run() {
        for (const BoundarySet& set : sets_) count(set);
        for (const BoundarySet& set : sets_) {
            if (const BoundarySet* control = control_of(set)) compare(set, *control, true, {0});
            for (const BoundarySet& other : sets_) {
                const bool strands =
                    set.strand == Strand::forward && other.strand == Strand::reverse;
                if (strands && set.stage == other.stage) compare(set, other, false, {0, 1});
            }
        }
        writer_.finish();
    }

  private:
    void read_inputs();
    std::vector<Interval> scored_bases();
    void warn_of_few_bases() const;
    void read_feature_files();
    std::string one_model() const;
    const BoundarySet* control_of(const BoundarySet& set) const;
    void number_bootstrap_blocks();
    void count(const BoundarySet& set);
    void compare(const BoundarySet& first, const BoundarySet& second, bool control,
                 const std::vector<std::int64_t>& shifts);
    const std::int64_t* blocks_of(std::size_t contig) const {
        return block_numbers_.data() + first_blocks_[contig];
    }
    ContigSignal signal_of(const BoundarySet& set, const BoundarySet* control, std::int64_t contig);

    genome::Reference& reference_;
    const AnnotateRequest& request_;
    TableWriter writer_;  // opens every output before anything is read
    std::vector<BoundarySet> sets_, controls_;
    std::vector<Interval> universe_;
    std::vector<FeatureSet> features_;
    std::int64_t blocks_ = 0;                                 // that hold a base of the universe
    std::vector<std::int64_t> block_numbers_, first_blocks_;  // first_blocks_: per contig
};

void AnnotateTask::read_inputs() {
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
    read(request_.boundaries, sets_);
    read(request_.controls, controls_);
    writer_.describe(one_model(), reference_);
    for (const BoundarySet& control : controls_) {
        if (std::none_of(sets_.begin(), sets_.end(),
                         [&](const BoundarySet& set) { return control_of(set) == &control; })) {
            throw usage_error(
                fmt::format("--control {}: no --boundaries of its strand and stage", control.path));
        }
    }
    universe_ = genome::merged(hts::read_bed_intervals(universe, reference_));
    if (universe_.empty()) throw input_error(fmt::format("{}: no base", universe));
    warn_of_few_bases();
    for (const auto* sets : {&sets_, &controls_}) {
        for (const BoundarySet& set : *sets) require_cover(set, universe_, reference_);
    }
    for (const BoundarySet& set : sets_) {
        for (const Interval& outside : genome::difference(set.covered, universe_)) {
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
    read_feature_files();
    number_bootstrap_blocks();
}

// The model of the files of boundaries, which strands and stages are compared of.
std::string AnnotateTask::one_model() const {
    const std::string& model = sets_.front().model;
    for (const BoundarySet& set : sets_) {
        if (set.model == model) continue;
        const std::string text =
            fmt::format("{} and {} are of different models", sets_.front().path, set.path);
        if (!model.empty() && !set.model.empty()) {
            throw input_error(text, "--control compares the boundaries of two models");
        }
        log_warning("annotate: " + text + ", or of one that only one of them states");
    }
    return model;
}

// kmer6 counts contig by contig. Scaffolds with less than 1 % of all bases change nothing.
void AnnotateTask::warn_of_few_bases() const {
    std::vector<std::int64_t> bases(reference_.contigs().size());
    for (const Interval& i : universe_) bases[static_cast<std::size_t>(i.contig)] += i.length();
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

void AnnotateTask::number_bootstrap_blocks() {
    std::int64_t blocks = 0;
    for (const auto& contig : reference_.contigs()) {
        first_blocks_.push_back(blocks);
        blocks += (contig.length + kBlockLength - 1) / kBlockLength;
    }
    block_numbers_.assign(static_cast<std::size_t>(blocks), -1);
    blocks_ = number_blocks(reference_, universe_, block_numbers_);
}

// That take part on any strand.
std::vector<Interval> AnnotateTask::scored_bases() {
    std::vector<Interval> scored;
    for (std::size_t c = 0; c < reference_.contigs().size(); ++c) {
        const auto contig = static_cast<std::int64_t>(c);
        const auto universe = on_contig(universe_, contig);
        if (universe.empty()) continue;
        const auto segments = genome::find_segments(reference_, contig);
        for (const BoundarySet& set : sets_) {
            const auto pieces = scored_pieces(universe, segments, set.strand);
            scored.insert(scored.end(), pieces.begin(), pieces.end());
        }
    }
    return genome::merged(std::move(scored));
}

void AnnotateTask::read_feature_files() {
    const std::vector<Interval> scored = scored_bases();
    std::vector<std::string> missing = request_.types;
    for (const auto& [name, path] : request_.features) {
        std::vector<Interval> places;
        for (FeatureSet& set : read_features(name, path, request_.types, reference_)) {
            for (const FeatureSet& other : features_) {
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
            features_.push_back(std::move(set));
        }
        if (genome::intersection(genome::merged(places), universe_).empty()) {
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

const BoundarySet* AnnotateTask::control_of(const BoundarySet& set) const {
    for (const BoundarySet& control : controls_) {
        if (control.strand == set.strand && control.stage == set.stage) return &control;
    }
    return nullptr;
}

ContigSignal AnnotateTask::signal_of(const BoundarySet& set, const BoundarySet* control,
                                     std::int64_t contig) {
    const auto c = static_cast<std::size_t>(contig);
    auto pieces = scored_pieces(on_contig(universe_, contig),
                                genome::find_segments(reference_, contig), set.strand);
    const auto bases = reference_.fetch({contig, 0, reference_.contigs()[c].length});
    return contig_signal(set.strand, std::move(pieces), bases, set.first_bases[c],
                         control ? control->first_bases[c] : BaseMarks{});
}

void AnnotateTask::count(const BoundarySet& set) {
    const BoundarySet* control = control_of(set);
    std::int64_t boundaries = 0, controls = 0;
    std::vector<RowGroup> groups = row_groups(features_, set.strand);
    std::vector<PhaseGroup> phases = phase_groups(features_, set.strand);
    for (RowGroup& group : groups) group.open(request_.rotations, blocks_);
    std::uint64_t stream = 1;
    for (std::size_t c = 0; c < reference_.contigs().size(); ++c) {
        const auto contig = static_cast<std::int64_t>(c);
        if (on_contig(universe_, contig).empty()) continue;
        const ContigSignal signal = signal_of(set, control, contig);
        boundaries += signal.boundary.total();
        controls += signal.control.total();
        Shifts shifts;
        for (const Interval& piece : signal.pieces) {
            Random random(request_.seed, stream++);
            auto& row = shifts.emplace_back();
            for (std::int64_t r = 0; r < request_.rotations; ++r) {
                row.push_back(static_cast<std::int64_t>(
                    random.below(static_cast<std::uint64_t>(piece.length()))));
            }
        }
        for (RowGroup& group : groups) group.add(signal, contig, blocks_of(c), shifts);
        for (PhaseGroup& group : phases) group.add(signal, contig);
    }
    if (boundaries == 0) {
        throw input_error(
            fmt::format("{}: no boundary takes part: all are forced or in the first"
                        " {} bases of a segment",
                        set.path, kSegmentStart));
    }
    if (control && controls == 0) {
        throw input_error(fmt::format("{}: no boundary takes part", control->path));
    }
    const double factor =
        control ? static_cast<double>(boundaries) / static_cast<double>(controls) : 0;
    writer_.add(set.strand, set.stage, control != nullptr, factor, groups, phases,
                BlockBootstrap(blocks_, request_.seed));
}

void AnnotateTask::compare(const BoundarySet& first, const BoundarySet& second, bool control,
                           const std::vector<std::int64_t>& shifts) {
    std::vector<Agreement> agreements(shifts.size(), Agreement(blocks_));
    for (std::size_t c = 0; c < reference_.contigs().size(); ++c) {
        const auto contig = static_cast<std::int64_t>(c);
        if (on_contig(universe_, contig).empty()) continue;
        const ContigSignal signal = signal_of(first, nullptr, contig);
        const ContigSignal other = signal_of(second, nullptr, contig);
        for (std::size_t i = 0; i < shifts.size(); ++i) {
            agreements[i].add(signal, other, shifts[i], blocks_of(c));
        }
    }
    const BlockBootstrap bootstrap(blocks_, request_.seed);
    for (std::size_t i = 0; i < shifts.size(); ++i) {
        writer_.add(agreements[i], first, second, control, shifts[i], bootstrap);
    }
}

}  // namespace

void annotate(genome::Reference& reference, const AnnotateRequest& request) {
    if (request.rotations < 0) {
        throw usage_error(
            fmt::format("--rotations: got {}, expected 0 or more", request.rotations));
    }
    AnnotateTask(reference, request).run();
}

}  // namespace dna_hnet::annotation
