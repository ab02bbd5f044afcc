#include "annotation/codon_phase.hpp"

#include <algorithm>
#include <limits>

#include "core/random.hpp"
#include "core/signals.hpp"

namespace dna_hnet::annotation {
namespace {

constexpr std::uint64_t kPhaseStream = 0xC0D0;
constexpr std::uint8_t kConflict = 3, kNone = 4;

using Triple = std::array<double, 3>;

std::uint8_t codon_position(const CodingExon& exon, std::int64_t base) {
    const auto& place = exon.feature.place;
    const std::int64_t distance =
        exon.feature.strand == '+' ? base - place.begin : place.end - 1 - base;
    return static_cast<std::uint8_t>((distance + 3 - exon.phase) % 3);
}

// Adds the runs of one merged stretch of coding bases; labels[i] is of base begin + i.
void add_runs(const ContigSignal& signal, std::int64_t begin,
              const std::vector<std::uint8_t>& labels, char gene_strand,
              std::vector<ExonCounts>& exons) {
    const int step = gene_strand == '+' ? 1 : 2;  // of the codon position along the contig
    std::int64_t last_piece = -1;
    int expected = -1;
    for (std::size_t i = 0; i < labels.size(); ++i) {
        const std::int64_t base = begin + static_cast<std::int64_t>(i);
        const std::int64_t piece = labels[i] < kConflict ? signal.piece_of(base) : -1;
        if (piece < 0) {
            expected = -1;
            continue;
        }
        if (labels[i] != expected || piece != last_piece) exons.emplace_back();
        last_piece = piece;
        expected = (labels[i] + step) % 3;
        const auto at = static_cast<std::size_t>(signal.offsets[static_cast<std::size_t>(piece)] +
                                                 signal.place_in(piece, base));
        ExonCounts& exon = exons.back();
        const std::size_t position = labels[i];
        ++exon.bases[position];
        exon.boundary[position] += signal.boundary[at];
        exon.control[position] += signal.control[at];
        exon.rate[position] += static_cast<double>(signal.rate[at]);
    }
}

double sum(const Triple& values) {
    return values[0] + values[1] + values[2];
}

double statistic(const Triple& bases, const Triple& residual) {
    const double mean = sum(residual) / sum(bases);
    double squares = 0;
    for (std::size_t j = 0; j < 3; ++j) {
        const double d = residual[j] - mean * bases[j];
        squares += d * d;
    }
    return squares;
}

}  // namespace

std::vector<ExonCounts> exons_of(const ContigSignal& signal, const std::vector<CodingExon>& coding,
                                 std::int64_t contig, char gene_strand) {
    std::vector<ExonCounts> exons;
    std::int64_t begin = 0;
    std::vector<std::uint8_t> labels;  // of the stretch that starts at begin
    for (const CodingExon& exon : coding) {
        const auto& place = exon.feature.place;
        if (place.contig != contig || exon.feature.strand != gene_strand) continue;
        if (place.begin > begin + static_cast<std::int64_t>(labels.size()) || labels.empty()) {
            add_runs(signal, begin, labels, gene_strand, exons);
            begin = place.begin;
            labels.clear();
        }
        const auto length = static_cast<std::size_t>(place.end - begin);
        if (length > labels.size()) labels.resize(length, kNone);
        for (std::int64_t base = place.begin; base < place.end; ++base) {
            std::uint8_t& label = labels[static_cast<std::size_t>(base - begin)];
            const std::uint8_t position = codon_position(exon, base);
            label = label == kNone || label == position ? position : kConflict;
        }
    }
    add_runs(signal, begin, labels, gene_strand, exons);
    return exons;
}

PhaseResult test_phase(const std::vector<ExonCounts>& exons, Null null, double factor,
                       std::int64_t draws, std::uint64_t seed) {
    PhaseResult result;
    result.p = std::numeric_limits<double>::quiet_NaN();
    std::vector<Triple> residuals;  // per exon
    for (const ExonCounts& exon : exons) {
        Triple residual{};
        for (std::size_t j = 0; j < 3; ++j) {
            const double expected = null == Null::kmer6     ? exon.rate[j]
                                    : null == Null::control ? factor * exon.control[j]
                                                            : 0;
            residual[j] = exon.boundary[j] - expected;
            result.bases[j] += exon.bases[j];
            result.observed[j] += exon.boundary[j];
            result.expected[j] += expected;
        }
        residuals.push_back(residual);
    }
    if (sum(result.bases) == 0) return result;
    if (null == Null::rotate) {
        const double rate = sum(result.observed) / sum(result.bases);
        for (std::size_t j = 0; j < 3; ++j) result.expected[j] = rate * result.bases[j];
    }
    const auto draw = [&](Random* random) {
        Triple bases{}, residual{};
        for (std::size_t e = 0; e < exons.size(); ++e) {
            const std::size_t shift = random ? random->below(3) : 0;
            for (std::size_t j = 0; j < 3; ++j) {
                bases[j] += exons[e].bases[(j + shift) % 3];
                residual[j] += residuals[e][(j + shift) % 3];
            }
        }
        return statistic(bases, residual);
    };
    if (draws == 0) return result;
    const double observed = draw(nullptr) * (1 - 1e-9);  // equal but for rounding is as far
    std::int64_t as_far = 0;
    Random random(seed, kPhaseStream);
    for (std::int64_t i = 0; i < draws; ++i) {
        throw_if_stopped();
        as_far += draw(&random) >= observed ? 1 : 0;
    }
    result.p = static_cast<double>(as_far + 1) / static_cast<double>(draws + 1);
    return result;
}

}  // namespace dna_hnet::annotation
