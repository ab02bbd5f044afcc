// The simulated genome and its annotation.
#include <cmath>
#include <cstring>
#include <iostream>
#include <map>

#include "core/random.hpp"
#include "simulate/simulate.hpp"
#include "support/test.hpp"

using namespace dna_hnet;
using namespace dna_hnet::simulate;
using genome::Base;
using genome::Strand;

namespace {

const SimulatedGenome& example() {
    static const SimulatedGenome instance = simulate_genome(300'000, 11, 2);
    return instance;
}

std::string text_of(const SimulatedGenome& genome, const genome::Interval& place, Strand strand) {
    std::string text;
    for (std::int64_t i = place.begin; i < place.end; ++i) {
        text += "ACGTN"[genome::base_code(genome.bases[place.contig][i])];
    }
    if (strand == Strand::forward) return text;
    std::string other(text.rbegin(), text.rend());
    for (char& letter : other) letter = "TGCAN"[std::string_view("ACGTN").find(letter)];
    return other;
}

// Features of each gene by kind, in transcript order.
using GeneParts = std::map<std::string, std::vector<SimulatedFeature>>;
std::map<std::string, GeneParts> genes_of(const SimulatedGenome& genome) {
    std::map<std::string, GeneParts> genes;
    for (const SimulatedFeature& feature : genome.features) {
        if (feature.kind == "repeat" || feature.kind == "cpg_island" ||
            feature.kind == "microsatellite")
            continue;
        auto& list = genes[feature.name][feature.kind];
        list.insert(feature.strand == Strand::forward ? list.end() : list.begin(), feature);
    }
    return genes;
}

int edit_distance(const std::string& a, const std::string& b) {
    std::vector<int> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) row[j] = static_cast<int>(j);
    for (std::size_t i = 1; i <= a.size(); ++i) {
        int diagonal = row[0];
        row[0] = static_cast<int>(i);
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const int best =
                std::min({row[j] + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
            diagonal = row[j];
            row[j] = best;
        }
    }
    return row[b.size()];
}

}  // namespace

TEST_CASE("a genome is a function of length and seed") {
    const SimulatedGenome one = simulate_genome(20'000, 5), two = simulate_genome(20'000, 5, 4);
    CHECK(one.bases == two.bases);
    CHECK(simulate_genome(20'000, 6).bases != one.bases);
    REQUIRE(one.variants.size() == two.variants.size());
    REQUIRE(!one.variants.empty());
    CHECK(one.variants.front().true_llr == two.variants.front().true_llr);
    for (std::size_t c = 0; c < one.bits.size(); ++c) {
        CHECK(std::memcmp(one.bits[c].data(), two.bits[c].data(),
                          one.bits[c].size() * sizeof(float)) == 0);
    }
    for (const std::int64_t length :
         {std::int64_t{19'999}, std::int64_t{0}, std::int64_t{300'000'000}}) {
        CHECK(test::error_of([&] { simulate_genome(length, 1); }).kind() == ErrorKind::usage);
    }
}

TEST_CASE("contigs, the gap, bits and soft mask") {
    const SimulatedGenome& genome = example();
    REQUIRE(genome.contigs.size() == 4);
    std::int64_t total = 0, unknown = 0;
    for (std::size_t c = 0; c < 4; ++c) {
        total += genome.contigs[c].length;
        REQUIRE(static_cast<std::int64_t>(genome.bases[c].size()) == genome.contigs[c].length);
        REQUIRE(genome.bits[c].size() == genome.bases[c].size());
        for (std::size_t i = 0; i < genome.bases[c].size(); ++i) {
            const bool is_n = genome::base_code(genome.bases[c][i]) == genome::kN;
            unknown += is_n;
            if (is_n != std::isnan(genome.bits[c][i]) || (!is_n && !(genome.bits[c][i] > 0)))
                FAIL("bits at " << c << ":" << i);
        }
    }
    CHECK(total == 300'000);
    CHECK(unknown == 200);
    std::vector<std::vector<bool>> masked;
    for (const auto& bases : genome.bases) masked.emplace_back(bases.size(), false);
    for (const SimulatedFeature& feature : genome.features) {
        REQUIRE(feature.place.begin < feature.place.end);
        if (feature.kind != "repeat" && feature.kind != "microsatellite") continue;
        for (std::int64_t i = feature.place.begin; i < feature.place.end; ++i)
            masked[feature.place.contig][i] = true;
    }
    for (std::size_t c = 0; c < 4; ++c) {
        for (std::size_t i = 0; i < masked[c].size(); ++i) {
            if (masked[c][i] != genome::is_soft_masked(genome.bases[c][i]))
                FAIL("mask at " << c << ":" << i);
        }
    }
    for (std::size_t i = 1; i < genome.features.size(); ++i) {
        CHECK(genome.features[i - 1].place.contig <= genome.features[i].place.contig);
        if (genome.features[i - 1].place.contig == genome.features[i].place.contig) {
            CHECK(genome.features[i - 1].place.begin <= genome.features[i].place.begin);
        }
    }
}

TEST_CASE("every gene translates: ATG, whole codons, one stop at the end, on both strands") {
    const SimulatedGenome& genome = example();
    const auto genes = genes_of(genome);
    CHECK(genes.size() >= 12);
    std::map<Strand, int> strands;
    std::map<int, int> frames;
    for (const auto& [name, parts] : genes) {
        INFO(name);
        const Strand strand = parts.at("gene").front().strand;
        ++strands[strand];
        std::string coding;
        for (const SimulatedFeature& part : parts.at("CDS")) {
            // GTF's frame: bases to drop before the first whole codon of the row.
            CHECK((static_cast<int>(coding.size()) + part.frame) % 3 == 0);
            CHECK((part.frame >= 0 && part.frame <= 2));
            ++frames[part.frame];
            coding += text_of(genome, part.place, strand);
        }
        REQUIRE(coding.size() % 3 == 0);
        CHECK(coding.substr(0, 3) == "ATG");
        const std::string stop = text_of(genome, parts.at("stop_codon").front().place, strand);
        CHECK((stop == "TAA" || stop == "TAG" || stop == "TGA"));
        for (std::size_t i = 0; i < coding.size(); i += 3) {
            const std::string codon = coding.substr(i, 3);
            CHECK((codon != "TAA" && codon != "TAG" && codon != "TGA"));
        }
        const auto& exons = parts.at("exon");
        for (std::size_t i = 1; i < exons.size(); ++i) {
            genome::Interval intron = exons[i].place;
            intron.begin = std::min(exons[i - 1].place.end, exons[i].place.end);
            intron.end = std::max(exons[i - 1].place.begin, exons[i].place.begin);
            const std::string text = text_of(genome, intron, strand);
            CHECK(text.substr(0, 2) == "GT");
            CHECK(text.substr(text.size() - 2) == "AG");
        }
    }
    CHECK(strands[Strand::forward] > 0);
    CHECK(strands[Strand::reverse] > 0);
    CHECK(frames.size() == 3);
}

TEST_CASE(
    "copies of repeats differ from their consensus as the parameters say, in both orientations") {
    const SimulatedGenome& genome = example();
    for (const RepeatFamily& family : repeat_families()) {
        if (family.truncation > 0) continue;
        std::string consensus;
        for (const Base base : family.consensus) consensus += "ACGT"[base];
        double distance = 0, bases = 0;
        std::map<Strand, int> copies;
        for (const SimulatedFeature& feature : genome.features) {
            // A copy at the end of a contig is cut off.
            const bool cut = feature.place.end + 1 >= genome.contigs[feature.place.contig].length;
            if (feature.name != family.name || cut || ++copies[feature.strand] > 20) continue;
            distance += edit_distance(text_of(genome, feature.place, feature.strand), consensus);
            bases += static_cast<double>(consensus.size());
        }
        INFO(family.name << ": " << distance / bases << " differences per base");
        CHECK(copies.size() == 2);
        CHECK(distance / bases == Approx(family.divergence + family.indels).epsilon(0.2));
    }
}

TEST_CASE("microsatellites repeat their unit") {
    std::int64_t equal = 0, all = 0;
    const SimulatedGenome& genome = example();
    for (const SimulatedFeature& feature : genome.features) {
        if (feature.kind != "microsatellite") continue;
        const auto period = static_cast<std::int64_t>(feature.name.size()) - 3;
        const std::string text = text_of(genome, feature.place, Strand::forward);
        for (std::size_t i = period; i < text.size(); ++i, ++all)
            equal += text[i] == text[i - period];
    }
    REQUIRE(all > 1000);
    CHECK(static_cast<double>(equal) / static_cast<double>(all) == Approx(0.97).margin(0.01));
}

TEST_CASE("the truth is better than counting, and variants in genes cost more than elsewhere") {
    const SimulatedGenome& genome = example();
    // Order 3, counted on the very bases that it is scored on.
    std::vector<double> counts(256, 1);
    double bits = 0, counted = 0, bases = 0;
    const auto visit = [&](auto action) {
        for (std::size_t c = 0; c < genome.bases.size(); ++c) {
            std::size_t word = 0;
            for (std::size_t i = 0; i < genome.bases[c].size(); ++i) {
                if (!genome::is_acgt(genome.bases[c][i])) continue;
                word = (word * 4 + genome::base_code(genome.bases[c][i])) % 256;
                action(word, genome.bits[c][i]);
            }
        }
    };
    visit([&](std::size_t word, float) { counts[word] += 1; });
    visit([&](std::size_t word, float truth) {
        const std::size_t row = word / 4 * 4;
        counted -= std::log2(counts[word] /
                             (counts[row] + counts[row + 1] + counts[row + 2] + counts[row + 3]));
        bits += truth;
        bases += 1;
    });
    INFO("truth " << bits / bases << ", order 3 " << counted / bases << " bits per base");
    CHECK(bits / bases < counted / bases - 0.2);
    CHECK(bits / bases > 1);

    REQUIRE(genome.variants.size() > 100);
    double sum = 0;
    for (const SimulatedVariant& variant : genome.variants) {
        CHECK(genome::base_code(genome.bases[variant.contig][variant.position]) == variant.ref);
        CHECK(variant.alt < 4);
        CHECK(variant.alt != variant.ref);
        CHECK(std::isfinite(variant.true_llr));
        sum += variant.true_llr;
    }
    CHECK(sum / static_cast<double>(genome.variants.size()) < -0.5);
}

// The table of docs/simulation.md: unit_simulate '[report]'.
TEST_CASE("composition and bits by class", "[.report]") {
    const SimulatedGenome genome = simulate_genome(2'000'000, 1, 2);
    std::vector<std::vector<std::string>> labels;
    for (const auto& bases : genome.bases) labels.emplace_back(bases.size(), "background");
    std::map<std::string, int> features;
    for (const SimulatedFeature& feature : genome.features) {
        const std::string label = feature.kind == "gene"     ? "intron"
                                  : feature.kind == "exon"   ? "UTR"
                                  : feature.kind == "repeat" ? feature.name
                                                             : feature.kind;
        ++features[feature.kind];
        for (std::int64_t i = feature.place.begin; i < feature.place.end; ++i)
            labels[feature.place.contig][i] = label;
    }
    std::map<std::string, std::pair<double, double>> sums;
    for (std::size_t c = 0; c < labels.size(); ++c) {
        for (std::size_t i = 0; i < labels[c].size(); ++i) {
            if (std::isnan(genome.bits[c][i])) continue;
            for (const std::string& label : {labels[c][i], std::string("all")}) {
                sums[label].first += 1;
                sums[label].second += genome.bits[c][i];
            }
        }
    }
    for (const auto& [label, sum] : sums) {
        std::cout << label << "\t" << sum.first / sums["all"].first << "\t"
                  << sum.second / sum.first << "\n";
    }
    for (const auto& [kind, count] : features) std::cout << kind << "\t" << count << "\n";
    std::cout << "variants\t" << genome.variants.size() << "\n";
}
