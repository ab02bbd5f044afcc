#include "simulate/annotation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

namespace dna_hnet::simulate {
namespace {

using genome::Interval;
using genome::Strand;

class Annotator {
  public:
    Annotator(const BlockHmm& hmm, const Parameters& parameters, const Interval& segment,
              const std::vector<std::uint16_t>& path, const std::vector<genome::Base>& bases)
        : hmm_(hmm), parameters_(parameters), segment_(segment), path_(path), bases_(bases) {}

    std::vector<SimulatedFeature> run() {
        for (std::int64_t begin = segment_.begin; begin < segment_.end;) {
            const Block& first = block(begin);
            std::int64_t end = begin + 1;
            while (end < segment_.end && same_element(first, block(end))) ++end;
            if (is_gene(first.part)) {
                add_gene(begin, end, first.strand);
            } else if (first.part != Part::background) {
                add_element(begin, end, first);
            }
            if (first.part != Part::background) previous_end_ = end;
            begin = end;
        }
        return std::move(features_);
    }

  private:
    const Block& block(std::int64_t position) const {
        return hmm_.blocks()[path_[position - segment_.begin]];
    }

    // Elements never touch others of their kind: each one returns to the background or to an
    // island.
    static bool same_element(const Block& a, const Block& b) {
        if (is_gene(a.part) || is_gene(b.part))
            return is_gene(a.part) && is_gene(b.part) && a.strand == b.strand;
        return a.part == b.part && a.element == b.element;
    }

    void add(std::int64_t begin, std::int64_t end, Strand strand, std::string kind,
             std::string name = {}) {
        features_.push_back(
            {{segment_.contig, begin, end}, strand, std::move(kind), std::move(name), 0});
    }

    void add_element(std::int64_t begin, std::int64_t end, const Block& first) {
        if (first.part == Part::island) {
            add(begin, end, Strand::forward, "cpg_island", "CpG");
        } else if (first.part == Part::repeat) {
            add(begin, end, first.strand, "repeat", parameters_.families[first.element].name);
        } else {
            // The bases that the copies start from belong to it, unless another element has them.
            const std::int64_t limit = std::max(segment_.begin, previous_end_);
            std::string unit;
            for (std::int64_t i = begin - first.element; i < begin; ++i) {
                unit += "ACGT"[i < segment_.begin ? genome::kA : genome::base_code(bases_[i])];
            }
            add(std::max(limit, begin - first.element), end, Strand::forward, "microsatellite",
                "(" + unit + ")n");
        }
    }

    // Runs of bases of [begin, end) whose part satisfies `wanted`.
    template <class Wanted>
    std::vector<Interval> runs(std::int64_t begin, std::int64_t end, Wanted wanted) const {
        std::vector<Interval> result;
        for (std::int64_t i = begin; i < end; ++i) {
            if (!wanted(block(i).part)) continue;
            if (result.empty() || result.back().end != i) result.push_back({segment_.contig, i, i});
            result.back().end = i + 1;
        }
        return result;
    }

    void add_gene(std::int64_t begin, std::int64_t end, Strand strand) {
        if (end == segment_.end) return;  // cut off
        const auto exons =
            runs(begin, end, [](Part p) { return p != Part::promoter && p != Part::intron; });
        add(exons.front().begin, exons.back().end, strand, "gene");
        for (const Interval& exon : exons) add(exon.begin, exon.end, strand, "exon");
        auto coding =
            runs(begin, end, [](Part p) { return p == Part::start_codon || p == Part::coding; });
        if (strand == Strand::reverse) std::reverse(coding.begin(), coding.end());
        std::int64_t before = 0;  // coding bases upstream
        for (const Interval& part : coding) {
            add(part.begin, part.end, strand, "CDS");
            features_.back().frame = static_cast<int>((3 - before % 3) % 3);
            before += part.length();
        }
        for (const auto& [part, kind] :
             {std::pair{Part::start_codon, "start_codon"}, {Part::stop_codon, "stop_codon"}}) {
            const Interval codon =
                runs(begin, end, [wanted = part](Part p) { return p == wanted; }).front();
            add(codon.begin, codon.end, strand, kind);
        }
    }

    const BlockHmm& hmm_;
    const Parameters& parameters_;
    Interval segment_;
    const std::vector<std::uint16_t>& path_;
    const std::vector<genome::Base>& bases_;
    std::int64_t previous_end_ = 0;
    std::vector<SimulatedFeature> features_;
};

}  // namespace

std::vector<SimulatedFeature> annotate(const BlockHmm& hmm, const Parameters& parameters,
                                       const Interval& segment,
                                       const std::vector<std::uint16_t>& path,
                                       const std::vector<genome::Base>& bases) {
    return Annotator(hmm, parameters, segment, path, bases).run();
}

void sort_features(std::vector<SimulatedFeature>& features) {
    const auto key = [](const SimulatedFeature& f) {
        static const std::map<std::string, int> kRanks{
            {"gene", 0}, {"exon", 1}, {"CDS", 2}, {"start_codon", 3}};
        const auto rank = kRanks.find(f.kind);
        return std::tuple(f.place.contig, f.place.begin, -f.place.end,
                          rank == kRanks.end() ? 4 : rank->second);
    };
    std::stable_sort(
        features.begin(), features.end(),
        [&](const SimulatedFeature& a, const SimulatedFeature& b) { return key(a) < key(b); });
    int genes = 0;
    std::string name;
    for (SimulatedFeature& feature : features) {
        if (feature.kind == "gene") name = fmt::format("SIMG{:05}", ++genes);
        // Genes do not overlap, and every part of one lies inside it.
        if (feature.name.empty()) feature.name = name;
    }
}

}  // namespace dna_hnet::simulate
