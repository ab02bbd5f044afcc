#include "simulated_chunks.hpp"

#include <algorithm>
#include <cmath>
#include <string_view>

#include "core/random.hpp"
#include "support/base_marks.hpp"

namespace dna_hnet::bench {
namespace {

using annotation::CodingExon;
using annotation::FeatureSet;
using genome::Interval;
using genome::Strand;

constexpr std::int64_t kGapBegin = 120'000, kGapEnd = 121'000, kIslandSpace = 45'000;
constexpr std::size_t kKmers = 4096;

std::int64_t between(Random& random, std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(high - low)));
}

std::vector<genome::Base> random_bases(Random& random) {
    std::vector<genome::Base> bases(static_cast<std::size_t>(kContigLength));
    std::uint64_t word = 0;
    for (std::size_t i = 0; i < bases.size(); ++i) {
        if (i % 32 == 0) word = random.next_u64();
        bases[i] = static_cast<genome::Base>(word & 3U);
        word >>= 2;
    }
    std::fill(bases.begin() + kGapBegin, bases.begin() + kGapEnd, genome::kN);
    return bases;
}

// Adds one gene and returns its end.
std::int64_t add_gene(Random& random, std::int64_t at, FeatureSet& exons) {
    const char strand = random.chance(0.5) ? '+' : '-';
    std::vector<Interval> places;
    for (std::int64_t left = between(random, 3, 9); left > 0; --left) {
        const std::int64_t end = at + between(random, 40, 240);
        places.push_back({0, at, end});
        at = end + between(random, 80, 680);
    }
    if (strand == '-') std::reverse(places.begin(), places.end());
    std::int64_t coded = 0;
    for (const Interval& place : places) {
        exons.features.push_back({place, strand});
        exons.coding.push_back({{place, strand}, static_cast<int>((3 - coded % 3) % 3)});
        coded += place.length();
    }
    return at;
}

FeatureSet genes(Random& random) {
    FeatureSet exons;
    exons.name = "exon";
    for (int island = 0; island < 12; ++island) {
        std::int64_t at = between(random, 1'500, kContigLength - kIslandSpace);
        for (int gene = 0; gene < 5; ++gene) {
            at = add_gene(random, at + between(random, 200, 1'700), exons);
        }
    }
    std::sort(exons.features.begin(), exons.features.end());
    std::sort(exons.coding.begin(), exons.coding.end());
    return exons;
}

// Writes `text` so that its first letter stands `first` bases after `anchor` in the direction of
// `strand`. R is A or G, Y is C or T, M is A or C, N stays as it is.
void write_motif(Random& random, std::string_view text, std::int64_t anchor, std::int64_t first,
                 char strand, std::vector<genome::Base>& bases) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        const std::int64_t distance = first + static_cast<std::int64_t>(i);
        auto& base =
            bases[static_cast<std::size_t>(strand == '+' ? anchor + distance : anchor - distance)];
        const bool other = random.chance(0.5);
        if (text[i] == 'N' || !genome::is_acgt(base)) continue;
        const char letter = text[i] == 'R'   ? (other ? 'G' : 'A')
                            : text[i] == 'Y' ? (other ? 'T' : 'C')
                            : text[i] == 'M' ? (other ? 'C' : 'A')
                                             : text[i];
        const genome::Base code = genome::encode_base(letter);
        base = strand == '+' ? code : genome::complement(code);
    }
}

void enrich_in_gc(Random& random, const FeatureSet& exons, double share,
                  std::vector<genome::Base>& bases) {
    for (const auto& feature : exons.features) {
        for (std::int64_t i = feature.place.begin; i < feature.place.end; ++i) {
            auto& base = bases[static_cast<std::size_t>(i)];
            if (!genome::is_acgt(base) || !random.chance(2 * share - 1)) continue;
            base = genome::encode_base(random.chance(0.5) ? 'G' : 'C');
        }
    }
}

// The acceptor ends before an exon, the donor begins with its last three bases.
void write_splice_sites(Random& random, const FeatureSet& exons, std::vector<genome::Base>& bases) {
    for (const auto& [place, strand] : exons.features) {
        const std::int64_t low = place.begin, high = place.end - 1;
        const bool forward = strand == '+';
        write_motif(random, "YYYYYYYYYYNCAGR", forward ? low : high, -14, strand, bases);
        write_motif(random, "MAGGTRAGT", forward ? high : low, -2, strand, bases);
    }
}

// What is planted, per base of the contig.
std::vector<float> planted_odds(const Scenario& scenario, const FeatureSet& exons, Strand read) {
    std::vector<float> odds(static_cast<std::size_t>(kContigLength));
    const char own = read == Strand::forward ? '+' : '-';
    for (const CodingExon& exon : exons.coding) {
        const auto& place = exon.feature.place;
        if (exon.feature.strand != own) continue;
        for (std::int64_t i = 0; i < place.length(); ++i) {
            const std::int64_t base = own == '+' ? place.begin + i : place.end - 1 - i;
            auto& value = odds[static_cast<std::size_t>(base)];
            if (i == 0) value += static_cast<float>(scenario.start);
            if ((i + 3 - exon.phase) % 3 == 0) value += static_cast<float>(scenario.codon);
        }
    }
    return odds;
}

int gc_count(std::size_t kmer) {
    int count = 0;
    for (; kmer > 0; kmer /= 4) count += kmer % 4 == genome::kC || kmer % 4 == genome::kG ? 1 : 0;
    return count;
}

class BoundaryMaker {
  public:
    BoundaryMaker(Chunker chunker, Random& random) : random_(random), by_kmer_(kKmers) {
        if (chunker == Chunker::regular) by_distance_ = {-8, -4, 2.5, 4, 4};
        if (chunker == Chunker::mixed) by_distance_ = {-6, -2.5, 0, 1.5, 3};
        for (std::size_t kmer = 0; kmer < kKmers; ++kmer) {
            double& value = by_kmer_[kmer];
            if (chunker == Chunker::mixed) value = random.normal();
            if (chunker == Chunker::lookup) value = random.chance(1.0 / 3) ? 2.2 : -2.9;
            if (chunker == Chunker::composition) value = gc_count(kmer) - 5;
        }
    }

    // Boundaries in reading direction, without the first base of each segment.
    std::vector<std::int64_t> draw(const std::vector<genome::Base>& bases,
                                   const std::vector<Interval>& segments, Strand read,
                                   const std::vector<float>& planted) {
        std::vector<std::int64_t> boundaries;
        for (const Interval& segment : segments) {
            std::size_t kmer = 0, distance = 0;  // bases since the last boundary, from 0
            for (std::int64_t i = 0; i < segment.length(); ++i) {
                const bool forward = read == Strand::forward;
                const std::int64_t base = forward ? segment.begin + i : segment.end - 1 - i;
                const genome::Base code = bases[static_cast<std::size_t>(base)];
                kmer = (kmer * 4 + (forward ? code : genome::complement(code))) % kKmers;
                if (i == 0) continue;
                const double odds = by_distance_[std::min(distance, by_distance_.size() - 1)] +
                                    by_kmer_[kmer] +
                                    static_cast<double>(planted[static_cast<std::size_t>(base)]);
                ++distance;
                if (!random_.chance(1 / (1 + std::exp(-odds)))) continue;
                boundaries.push_back(base);
                distance = 0;
            }
        }
        return boundaries;
    }

  private:
    Random& random_;
    std::vector<double> by_kmer_, by_distance_ = {0, 0, 0, 0, 0};
};

}  // namespace

Simulation simulate(const Scenario& scenario, std::uint64_t seed, std::uint64_t number) {
    Random random(seed, number);
    Simulation result;
    result.strand = random.chance(0.5) ? Strand::forward : Strand::reverse;
    auto bases = random_bases(random);
    result.exons = genes(random);
    if (scenario.exon_gc > 0.5) enrich_in_gc(random, result.exons, scenario.exon_gc, bases);
    if (scenario.motifs) write_splice_sites(random, result.exons, bases);
    const std::vector<Interval> segments{{0, 0, kGapBegin}, {0, kGapEnd, kContigLength}};
    const auto nothing = planted_odds({}, result.exons, result.strand);
    const auto boundaries = BoundaryMaker(scenario.chunker, random)
                                .draw(bases, segments, result.strand,
                                      planted_odds(scenario, result.exons, result.strand));
    const auto control =
        BoundaryMaker(scenario.chunker, random).draw(bases, segments, result.strand, nothing);
    for (std::size_t i = 1; i < boundaries.size(); ++i) {
        const auto length = static_cast<double>(std::abs(boundaries[i] - boundaries[i - 1]));
        if (length > 500) continue;  // over the gap
        ++result.chunks;
        result.length_sum += length;
        result.length_squares += length * length;
    }
    result.signal = annotation::contig_signal(
        result.strand, annotation::scored_pieces(segments, segments, result.strand), bases,
        test::marks_at(boundaries, kContigLength), test::marks_at(control, kContigLength));
    return result;
}

}  // namespace dna_hnet::bench
