#include "tasks/score_tracks.hpp"

#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "core/error.hpp"
#include "tasks/settings.hpp"

namespace dna_hnet::tasks {

ScoreTracks::ScoreTracks(ScoreTracksRequest request) : request_(std::move(request)) {
    if (!(request_.precision >= 0 && request_.precision <= 1)) {
        throw usage_error(
            fmt::format("--precision: got {}, expected 0 to 1 bit", request_.precision));
    }
}

void ScoreTracks::open_track(Kind kind, int strand, const std::string& name,
                             const std::vector<genome::Contig>& contigs,
                             const Provenance& provenance) {
    const std::string path = request_.prefix + name;
    tracks_.push_back(
        {kind, strand, std::make_unique<tracks::BigWigWriter>(path, contigs, request_.outputs)});
    Provenance rounded = provenance;
    rounded.settings += fmt::format(" precision={}", request_.precision);
    write_record(path, rounded, request_.outputs);
}

void ScoreTracks::open(const std::vector<genome::Contig>& contigs,
                       const std::vector<genome::Interval>& universe,
                       const std::vector<genome::Strand>& strands, const Provenance& provenance) {
    for (std::size_t s = 0; s < strands.size(); ++s) {
        const std::string side = strands[s] == genome::Strand::forward ? ".fwd" : ".rev";
        open_track(Kind::bits, static_cast<int>(s), side + ".bits.bw", contigs, provenance);
        open_track(Kind::entropy, static_cast<int>(s), side + ".entropy.bw", contigs, provenance);
        if (request_.logo) {
            open_track(Kind::logo, static_cast<int>(s), side + ".logo.bw", contigs, provenance);
        }
    }
    if (strands.size() == 2) {
        open_track(Kind::bits, -1, ".mean.bits.bw", contigs, provenance);
        if (request_.logo) open_track(Kind::logo, -1, ".mean.logo.bw", contigs, provenance);
    }
    universe_ = std::make_unique<UniverseFile>(request_.prefix, contigs, request_.outputs);
    universe_->write(universe, provenance);
}

std::vector<float> ScoreTracks::values_of(const Track& track, const ScoredPiece& piece) const {
    const auto& from = track.kind == Kind::entropy ? piece.entropy : piece.bits[0];
    std::vector<float> values(piece.bases.size(), std::numeric_limits<float>::quiet_NaN());
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (!genome::is_acgt(piece.bases[i])) continue;
        double value = track.strand < 0 ? 0.5 * (static_cast<double>(from[0][i]) + from[1][i])
                                        : from[static_cast<std::size_t>(track.strand)][i];
        if (track.kind == Kind::logo) value = 2 - value;
        if (request_.precision > 0) {
            value = std::round(value / request_.precision) * request_.precision;
        }
        values[i] = static_cast<float>(value);
    }
    return values;
}

void ScoreTracks::add(const ScoredPiece& piece) {
    for (const Track& track : tracks_) {
        track.writer->add(piece.where.contig, piece.where.begin, values_of(track, piece));
    }
}

void ScoreTracks::close() {
    for (const Track& track : tracks_) track.writer->close();
    universe_->close();
}

}  // namespace dna_hnet::tasks
