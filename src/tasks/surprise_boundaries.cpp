#include "tasks/surprise_boundaries.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/error.hpp"
#include "core/log.hpp"
#include "core/signals.hpp"
#include "tasks/settings.hpp"

namespace dna_hnet::tasks {
namespace {

using genome::Interval;
using genome::Strand;

constexpr std::int64_t kPiece = 1 << 16;

}  // namespace

void SurpriseBoundaries::read_piece(genome::Reference& reference, const Interval& segment,
                                    const Interval& piece, Strand strand,
                                    evaluate::SequenceValues& values) const {
    const bool forward = strand == Strand::forward;
    // The context stands before the piece in reading direction; a segment begins without any.
    const std::int64_t lead =
        std::min<std::int64_t>(baselines::SurpriseChunker::kOrder,
                               forward ? piece.begin - segment.begin : segment.end - piece.end);
    Interval read = piece;
    (forward ? read.begin : read.end) += forward ? -lead : lead;
    auto bases = reference.fetch(read);
    if (!forward) genome::reverse_complement(bases.data(), read.length());
    std::vector<std::uint8_t> begins(static_cast<std::size_t>(piece.length()));
    chunker_.read(bases.data(), lead, piece.length(), begins.data());
    if (!forward) std::reverse(begins.begin(), begins.end());
    values.sequence.yields = piece;
    auto& stage = values.stages.at(0);
    stage.clear();
    for (std::int64_t i = 0; i < piece.length(); ++i) {
        const bool boundary = begins[static_cast<std::size_t>(i)] != 0;
        stage.push_back({piece.begin + i, boundary ? 1.0F : 0.0F, boundary});
    }
}

void SurpriseBoundaries::read(genome::Reference& reference, const std::vector<Interval>& segments,
                              const std::vector<Interval>& regions, Strand strand,
                              const std::function<void(const evaluate::SequenceValues&)>& sink,
                              const std::function<void(std::int64_t)>& progress) {
    evaluate::SequenceValues values;
    values.stages.resize(1);
    std::int64_t done = 0;
    auto segment = segments.begin();
    for (const Interval& part : genome::intersection(regions, segments)) {
        while (segment->end <= part.begin) ++segment;  // all lie on one contig
        for (std::int64_t begin = part.begin; begin < part.end; begin += kPiece) {
            throw_if_stopped();
            const Interval piece{part.contig, begin, std::min(begin + kPiece, part.end)};
            read_piece(reference, *segment, piece, strand, values);
            sink(values);
            done += piece.length();
            if (progress) progress(done);
        }
    }
}

void write_surprise_boundaries(genome::Reference& reference, const SurpriseRequest& request) {
    const auto chunker = baselines::SurpriseChunker::fit(reference, request.train, request.rate);
    log_info(fmt::format(
        "surprise chunker: more than {:.4f} bits under order 5 begins a chunk: {:.4f} of the "
        "training bases (--rate {})",
        chunker.threshold(), chunker.training_rate(), request.rate));
    SurpriseBoundaries source(chunker);
    BoundariesRequest files = request.files;
    files.provenance.settings = fmt::format("rate={} train=sha256:{}", request.rate,
                                            digest_of(genome::merged(request.train)));
    write_boundaries(reference, source, files);
}

}  // namespace dna_hnet::tasks
