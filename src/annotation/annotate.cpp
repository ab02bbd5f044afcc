#include "annotation/annotate.hpp"

#include <fmt/format.h>

#include "annotation/agreement.hpp"
#include "annotation/annotate_inputs.hpp"
#include "annotation/codon_phase.hpp"
#include "annotation/row_groups.hpp"
#include "annotation/table_writer.hpp"
#include "core/error.hpp"
#include "core/random.hpp"
#include "genome/segments.hpp"

namespace dna_hnet::annotation {
namespace {

using genome::Interval;
using genome::Strand;

constexpr std::int64_t kMostRotations = 1'000'000;  // 5 GB a feature name and orientation

class AnnotateTask {
  public:
    AnnotateTask(genome::Reference& reference, const AnnotateRequest& request)
        : reference_(reference), request_(request), writer_(request) {
        inputs_ = read_annotate_inputs(reference, request);
        writer_.describe(inputs_.sets.front().model,
                         inputs_.controls.empty() ? "" : inputs_.controls.front().model, reference);
        number_bootstrap_blocks();
    }
    void run() {
        for (const BoundarySet& set : inputs_.sets) count(set);
        for (const BoundarySet& set : inputs_.sets) {
            if (const BoundarySet* control = inputs_.control_of(set))
                compare(set, *control, true, {0});
            for (const BoundarySet& other : inputs_.sets) {
                const bool strands =
                    set.strand == Strand::forward && other.strand == Strand::reverse;
                if (strands && set.stage == other.stage) compare(set, other, false, {0, 1});
            }
        }
        writer_.finish();
    }

  private:
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
    AnnotateInputs inputs_;
    std::int64_t blocks_ = 0;                                 // that hold a base of the universe
    std::vector<std::int64_t> block_numbers_, first_blocks_;  // first_blocks_: per contig
};

void AnnotateTask::number_bootstrap_blocks() {
    std::int64_t blocks = 0;
    for (const auto& contig : reference_.contigs()) {
        first_blocks_.push_back(blocks);
        blocks += (contig.length + kBlockLength - 1) / kBlockLength;
    }
    block_numbers_.assign(static_cast<std::size_t>(blocks), -1);
    blocks_ = number_blocks(reference_, inputs_.universe, block_numbers_);
}

ContigSignal AnnotateTask::signal_of(const BoundarySet& set, const BoundarySet* control,
                                     std::int64_t contig) {
    const auto c = static_cast<std::size_t>(contig);
    auto pieces = scored_pieces(on_contig(inputs_.universe, contig),
                                genome::find_segments(reference_, contig), set.strand);
    const auto bases = reference_.fetch({contig, 0, reference_.contigs()[c].length});
    return contig_signal(set.strand, std::move(pieces), bases, set.first_bases[c],
                         control ? control->first_bases[c] : BaseMarks{});
}

void AnnotateTask::count(const BoundarySet& set) {
    const BoundarySet* control = inputs_.control_of(set);
    std::int64_t boundaries = 0, controls = 0;
    std::vector<RowGroup> groups = row_groups(inputs_.features, set.strand);
    std::vector<PhaseGroup> phases = phase_groups(inputs_.features, set.strand);
    for (RowGroup& group : groups) group.open(request_.rotations, blocks_);
    std::uint64_t stream = 1;
    for (std::size_t c = 0; c < reference_.contigs().size(); ++c) {
        const auto contig = static_cast<std::int64_t>(c);
        if (on_contig(inputs_.universe, contig).empty()) continue;
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
        if (on_contig(inputs_.universe, contig).empty()) continue;
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
    if (request.rotations < 0 || request.rotations > kMostRotations) {
        throw usage_error(fmt::format("--rotations: got {}, expected 0 to {}", request.rotations,
                                      kMostRotations));
    }
    for (const std::string& type : request.types) {
        if (type.empty()) throw usage_error("--types: an empty type");
    }
    AnnotateTask(reference, request).run();
}

}  // namespace dna_hnet::annotation
