#include "simulate/simulate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <future>
#include <limits>

#include "core/error.hpp"
#include "simulate/annotation.hpp"
#include "simulate/genome_model.hpp"
#include "simulate/truth.hpp"

namespace dna_hnet::simulate {

// data/simulation/parameters.json, put here by CMake.
extern const char* const kSimulationParameters;

namespace {

using genome::Base;
using genome::Interval;

// Streams of the random numbers of a seed: contig c takes stream c, its variants this one plus c.
constexpr std::uint64_t kVariantStream = 1u << 20;

struct SimulatedContig {
    std::vector<Base> bases;
    std::vector<float> bits;
    std::vector<SimulatedFeature> features;
    std::vector<SimulatedVariant> variants;
};

std::vector<genome::Contig> make_contigs(const Parameters& all, std::int64_t length) {
    std::vector<genome::Contig> contigs;
    std::int64_t left = length;
    for (const auto& [name, share] : all.contigs) {
        contigs.push_back(
            {name, static_cast<std::int64_t>(std::floor(share * static_cast<double>(length))), ""});
        left -= contigs.back().length;
    }
    contigs.front().length += left;
    return contigs;
}

class ContigSimulator {
  public:
    ContigSimulator(const EmissionTables& tables, const Parameters& parameters,
                    genome::Contig contig, std::int64_t number, std::uint64_t seed)
        : tables_(tables),
          parameters_(parameters),
          contig_(std::move(contig)),
          number_(number),
          seed_(seed) {}

    SimulatedContig run() {
        result_.bases.assign(contig_.length, genome::kN);
        result_.bits.assign(contig_.length, std::numeric_limits<float>::quiet_NaN());
        Random random(seed_, static_cast<std::uint64_t>(number_));
        const std::vector<Interval> segments = make_segments();
        for (const Interval& segment : segments) sample(segment, random);
        choose_variants();
        for (const Interval& segment : segments) score(segment);
        mask();
        return std::move(result_);
    }

  private:
    std::vector<Interval> make_segments() const {
        if (contig_.name != parameters_.gap_contig) return {{number_, 0, contig_.length}};
        const auto gap =
            static_cast<std::int64_t>(parameters_.gap_place * static_cast<double>(contig_.length));
        const std::int64_t end = gap + parameters_.gap_length;
        if (gap < 1 || end >= contig_.length) {
            throw usage_error(
                fmt::format("simulate: contig {} of {} bases has no room for a gap of {} N at {}",
                            contig_.name, contig_.length, parameters_.gap_length, gap));
        }
        return {{number_, 0, gap}, {number_, end, contig_.length}};
    }

    void sample(const Interval& segment, Random& random) {
        const BlockHmm& hmm = tables_.hmm();
        HmmState state;
        Context context = 0;
        std::vector<std::uint16_t> path(segment.length());
        for (std::int64_t i = segment.begin; i < segment.end; ++i) {
            result_.bases[i] = hmm.sample(state, context, random);
            context = push_base(context, result_.bases[i]);
            path[i - segment.begin] = static_cast<std::uint16_t>(state.block);
        }
        const auto found = annotate(hmm, parameters_, segment, path, result_.bases);
        result_.features.insert(result_.features.end(), found.begin(), found.end());
    }

    // Distinct positions, a share of them in coding sequence, with one of the three other bases
    // each.
    void choose_variants() {
        Random random(seed_, kVariantStream + static_cast<std::uint64_t>(number_));
        std::vector<std::int64_t> coding;
        for (const SimulatedFeature& feature : result_.features) {
            if (feature.kind != "CDS") continue;
            for (std::int64_t i = feature.place.begin; i < feature.place.end; ++i)
                coding.push_back(i);
        }
        const auto wanted = static_cast<std::int64_t>(
            std::llround(parameters_.variants_per_base * static_cast<double>(contig_.length)));
        std::vector<std::int64_t> positions;
        for (std::int64_t i = 0; i < wanted; ++i) {
            const bool in_coding = random.chance(parameters_.variants_in_coding) && !coding.empty();
            const std::int64_t position =
                in_coding ? coding[random.below(coding.size())]
                          : static_cast<std::int64_t>(
                                random.below(static_cast<std::uint64_t>(contig_.length)));
            if (genome::is_acgt(result_.bases[position])) positions.push_back(position);
        }
        std::sort(positions.begin(), positions.end());
        positions.erase(std::unique(positions.begin(), positions.end()), positions.end());
        for (const std::int64_t position : positions) {
            const Base ref = result_.bases[position];
            const auto alt = static_cast<Base>((ref + 1 + random.below(3)) % 4);
            result_.variants.push_back({number_, position, ref, alt, 0});
        }
    }

    void score(const Interval& segment) {
        const std::vector<Base> bases(result_.bases.begin() + segment.begin,
                                      result_.bases.begin() + segment.end);
        std::vector<SimulatedVariant*> originals;
        std::vector<SimulatedVariant> inside;
        for (SimulatedVariant& variant : result_.variants) {
            if (variant.position < segment.begin || variant.position >= segment.end) continue;
            originals.push_back(&variant);
            inside.push_back(variant);
            inside.back().position -= segment.begin;
        }
        const std::vector<float> bits = score_segment(tables_, bases, inside);
        std::copy(bits.begin(), bits.end(), result_.bits.begin() + segment.begin);
        for (std::size_t i = 0; i < inside.size(); ++i) originals[i]->true_llr = inside[i].true_llr;
    }

    void mask() {
        for (const SimulatedFeature& feature : result_.features) {
            if (feature.kind != "repeat" && feature.kind != "microsatellite") continue;
            for (std::int64_t i = feature.place.begin; i < feature.place.end; ++i) {
                result_.bases[i] |= genome::kSoftMasked;
            }
        }
    }

    const EmissionTables& tables_;
    const Parameters& parameters_;
    genome::Contig contig_;
    std::int64_t number_;
    std::uint64_t seed_;
    SimulatedContig result_;
};

// Contigs are independent of each other: each has random numbers of its own.
std::vector<SimulatedContig> simulate_contigs(const EmissionTables& tables,
                                              const Parameters& parameters,
                                              const std::vector<genome::Contig>& contigs,
                                              std::uint64_t seed, int threads) {
    std::vector<SimulatedContig> results(contigs.size());
    std::atomic<std::size_t> next{0};
    const auto work = [&] {
        for (std::size_t i = next++; i < contigs.size(); i = next++) {
            results[i] =
                ContigSimulator(tables, parameters, contigs[i], static_cast<std::int64_t>(i), seed)
                    .run();
        }
    };
    std::vector<std::future<void>> workers;
    for (int i = 1; i < std::min(threads, static_cast<int>(contigs.size())); ++i) {
        workers.push_back(std::async(std::launch::async, work));
    }
    work();
    for (std::future<void>& worker : workers) worker.get();
    return results;
}

}  // namespace

SimulatedGenome simulate_genome(std::int64_t length, std::uint64_t seed, int threads) {
    if (length < kShortestGenome || length > kLongestGenome) {
        throw usage_error(fmt::format("simulate: got a length of {} bases, expected {} to {}",
                                      length, kShortestGenome, kLongestGenome));
    }
    const Parameters parameters = parse_parameters(kSimulationParameters);
    const BlockHmm hmm = make_genome_model(parameters);
    const EmissionTables tables(hmm);
    SimulatedGenome genome;
    genome.contigs = make_contigs(parameters, length);
    for (SimulatedContig& contig :
         simulate_contigs(tables, parameters, genome.contigs, seed, threads)) {
        genome.bases.push_back(std::move(contig.bases));
        genome.bits.push_back(std::move(contig.bits));
        genome.features.insert(genome.features.end(), contig.features.begin(),
                               contig.features.end());
        genome.variants.insert(genome.variants.end(), contig.variants.begin(),
                               contig.variants.end());
    }
    sort_features(genome.features);
    return genome;
}

std::string simulation_parameters_json() {
    return kSimulationParameters;
}

std::vector<RepeatFamily> repeat_families() {
    return parse_parameters(kSimulationParameters).families;
}

}  // namespace dna_hnet::simulate
