#include "simulate/parameters.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/json_reader.hpp"
#include "core/random.hpp"

namespace dna_hnet::simulate {
namespace {

constexpr std::string_view kPlace = "data/simulation/parameters.json";

// Bit b of the result: base b is one of the letters that the IUPAC code stands for. 0: no code.
int iupac_bases(char code) {
    static const std::map<char, int> kBases{{'A', 1},  {'C', 2},  {'G', 4},  {'T', 8},  {'R', 5},
                                            {'Y', 10}, {'S', 6},  {'W', 9},  {'K', 12}, {'M', 3},
                                            {'B', 14}, {'D', 13}, {'H', 11}, {'V', 7},  {'N', 15}};
    const auto found = kBases.find(code);
    return found == kBases.end() ? 0 : found->second;
}

char complement_code(char code) {
    constexpr std::string_view kCodes = "ACGTRYSWKMBDHVN", kComplements = "TGCAYRSWMKVHDBN";
    return kComplements[kCodes.find(code)];
}

double probability(JsonReader& reader, const std::string& key) {
    const double value = reader.get<double>(key);
    if (!(value >= 0 && value <= 1)) reader.fail(key, "a number from 0 to 1");
    return value;
}

double positive(JsonReader& reader, const std::string& key) {
    const double value = reader.get<double>(key);
    if (!(value > 0) || !std::isfinite(value)) reader.fail(key, "a number above 0");
    return value;
}

int integer(JsonReader& reader, const std::string& key, int low, int high) {
    const auto value = reader.get<std::int64_t>(key);
    if (value < low || value > high)
        reader.fail(key, fmt::format("an integer from {} to {}", low, high));
    return static_cast<int>(value);
}

LengthParameters parse_length(JsonReader reader, const std::string& mean_key) {
    LengthParameters length{integer(reader, "stages", 1, 8), positive(reader, mean_key)};
    if (length.mean < length.stages) reader.fail(mean_key, "at least the number of stages");
    reader.finish();
    return length;
}

std::map<std::string, double> parse_words(JsonReader& reader, const std::string& key, int longest) {
    std::map<std::string, double> words;
    const nlohmann::json& object = reader.raw(key);
    if (!object.is_object()) reader.fail(key, "an object of words");
    for (const auto& [word, value] : object.items()) {
        const bool letters = word.find_first_not_of("ACGT") == std::string::npos;
        if (!letters || word.empty() || static_cast<int>(word.size()) > longest ||
            !value.is_number()) {
            reader.fail(key, fmt::format("words of A C G T, 1 to {} long, with numbers", longest));
        }
        words[word] = value.get<double>();
    }
    return words;
}

ChainParameters parse_chain(JsonReader reader, int order) {
    ChainParameters chain;
    chain.strand_symmetric = reader.get<bool>("strand_symmetric");
    chain.texture = reader.get<double>("texture");
    chain.words = parse_words(reader, "words", order + 1);
    reader.finish();
    return chain;
}

SignalParameters parse_signal(JsonReader reader) {
    SignalParameters signal;
    signal.consensus = reader.get<std::string>("consensus");
    const bool codes = std::all_of(signal.consensus.begin(), signal.consensus.end(),
                                   [](char code) { return iupac_bases(code) != 0; });
    if (signal.consensus.empty() || !codes) reader.fail("consensus", "IUPAC codes");
    signal.error = reader.raw("error").is_array()
                       ? reader.get<std::vector<double>>("error")
                       : std::vector<double>(signal.consensus.size(), reader.get<double>("error"));
    const bool valid = std::all_of(signal.error.begin(), signal.error.end(),
                                   [](double value) { return value >= 0 && value < 1; });
    if (signal.error.size() != signal.consensus.size() || !valid) {
        reader.fail("error",
                    "one number from 0 to below 1, or one for each letter of the consensus");
    }
    reader.finish();
    return signal;
}

std::array<double, 64> parse_codons(JsonReader& reader, const std::string& key, bool stops) {
    std::array<double, 64> weights{};
    for (const auto& [codon, weight] : parse_words(reader, key, 3)) {
        const bool is_stop = codon == "TAA" || codon == "TAG" || codon == "TGA";
        if (codon.size() != 3 || is_stop != stops || !(weight > 0)) {
            reader.fail(key, stops ? "stop codons with weights above 0"
                                   : "codons other than TAA TAG TGA with weights above 0");
        }
        constexpr std::string_view kLetters = "ACGT";
        weights[16 * kLetters.find(codon[0]) + 4 * kLetters.find(codon[1]) +
                kLetters.find(codon[2])] = weight;
    }
    return weights;
}

std::vector<genome::Base> make_consensus(JsonReader& reader, Random random) {
    const int length = integer(reader, "length", 20, 2000);
    const int poly_a = integer(reader, "poly_a", 0, length);
    const double gc = probability(reader, "gc");
    std::vector<genome::Base> consensus(length, genome::kA);
    for (int i = 0; i < length - poly_a; ++i) {
        const bool strong = random.chance(gc), first = random.chance(0.5);
        consensus[i] =
            strong ? (first ? genome::kC : genome::kG) : (first ? genome::kA : genome::kT);
    }
    return consensus;
}

void parse_repeats(JsonReader reader, Parameters& all) {
    const auto seed = static_cast<std::uint64_t>(reader.get<std::int64_t>("consensus_seed"));
    all.transition_share = probability(reader, "transition_share");
    const nlohmann::json& rows = reader.raw("families");
    if (!rows.is_array() || rows.empty()) reader.fail("families", "a list of families");
    for (const nlohmann::json& row : rows) {
        JsonReader item(row, fmt::format("{}: repeats.families[{}]", kPlace, all.families.size()));
        RepeatFamily family;
        family.name = item.get<std::string>("name");
        if (item.has("copy_of")) {
            const auto original = item.get<std::string>("copy_of");
            const auto found =
                std::find_if(all.families.begin(), all.families.end(),
                             [&](const RepeatFamily& f) { return f.name == original; });
            if (found == all.families.end()) item.fail("copy_of", "the name of a family above");
            family.consensus = found->consensus;
        } else {
            family.consensus = make_consensus(item, Random(seed, all.families.size()));
        }
        family.divergence = probability(item, "divergence");
        family.indels = probability(item, "indels");
        family.truncation = probability(item, "truncation");
        family.per_base = probability(item, "per_base");
        item.finish();
        all.families.push_back(std::move(family));
    }
    reader.finish();
}

void parse_microsatellites(JsonReader reader, Parameters& all) {
    all.microsatellite_error = probability(reader, "error");
    const int stages = integer(reader, "stages", 1, 8);
    const nlohmann::json& rows = reader.raw("periods");
    if (!rows.is_array()) reader.fail("periods", "a list of periods");
    for (const nlohmann::json& row : rows) {
        JsonReader item(row, fmt::format("{}: microsatellites.periods[{}]", kPlace,
                                         all.microsatellites.size()));
        MicrosatelliteParameters one;
        one.period = integer(item, "period", 1, 6);
        one.per_base = probability(item, "per_base");
        one.length = {stages, positive(item, "mean_length")};
        item.finish();
        all.microsatellites.push_back(one);
    }
    reader.finish();
}

GeneParameters parse_genes(JsonReader reader) {
    GeneParameters genes;
    genes.per_base = probability(reader, "per_base");
    genes.from_island = probability(reader, "from_island");
    genes.to_island = probability(reader, "to_island");
    genes.promoter = parse_signal(reader.object("promoter"));
    genes.promoter_spacer = integer(reader, "promoter_spacer", 1, 200);
    genes.utr5 = parse_length(reader.object("utr5"), "mean_length");
    genes.kozak = parse_signal(reader.object("kozak"));
    genes.exon = parse_length(reader.object("exon"), "mean_codons");
    genes.exons_per_gene = positive(reader, "exons_per_gene");
    if (genes.exons_per_gene < 1) reader.fail("exons_per_gene", "at least 1");
    JsonReader intron = reader.object("intron");
    genes.donor = parse_signal(intron.object("donor"));
    genes.acceptor = parse_signal(intron.object("acceptor"));
    genes.intron = {integer(intron, "stages", 1, 8), positive(intron, "mean_length")};
    const auto phases = intron.get<std::vector<double>>("phases");
    if (phases.size() != 3 || std::abs(phases[0] + phases[1] + phases[2] - 1) > 1e-12) {
        intron.fail("phases", "three shares that sum to 1");
    }
    std::copy(phases.begin(), phases.end(), genes.phases.begin());
    intron.finish();
    genes.utr3 = parse_length(reader.object("utr3"), "mean_length");
    genes.polya_signal = parse_signal(reader.object("polya_signal"));
    genes.polya_spacer = integer(reader, "polya_spacer", 1, 200);
    genes.codons = parse_codons(reader, "codons", false);
    genes.stop_codons = parse_codons(reader, "stop_codons", true);
    const double bias = positive(reader, "codon_bias");
    for (double& weight : genes.codons) weight = weight > 0 ? std::pow(weight, bias) : 0;
    reader.finish();
    return genes;
}

}  // namespace

std::array<double, 4> SignalParameters::probabilities(int position) const {
    const int allowed = iupac_bases(consensus[position]);
    int count = 0;
    for (int base = 0; base < 4; ++base) count += (allowed >> base) & 1;
    const double wrong = count == 4 ? 0 : error[position];
    std::array<double, 4> result{};
    for (int base = 0; base < 4; ++base) {
        result[base] = (allowed >> base) & 1 ? (1 - wrong) / count : wrong / (4 - count);
    }
    return result;
}

SignalParameters SignalParameters::reverse_complement() const {
    SignalParameters result{std::string(consensus.rbegin(), consensus.rend()),
                            std::vector<double>(error.rbegin(), error.rend())};
    for (char& code : result.consensus) code = complement_code(code);
    return result;
}

Parameters parse_parameters(std::string_view json) {
    JsonReader root(parse_json(json, kPlace), std::string(kPlace));
    Parameters all;
    double shares = 0;
    const nlohmann::json contigs = root.raw("contigs");
    for (const auto& [name, share] : contigs.items()) {
        if (!share.is_number() || !(share.get<double>() > 0))
            root.fail("contigs", "shares above 0");
        all.contigs.emplace_back(name, share.get<double>());
        shares += share.get<double>();
    }
    if (std::abs(shares - 1) > 1e-9) root.fail("contigs", "shares that sum to 1");
    JsonReader gap = root.object("gap");
    all.gap_contig = gap.get<std::string>("contig");
    if (!contigs.contains(all.gap_contig)) gap.fail("contig", "the name of a contig");
    all.gap_place = probability(gap, "place");
    all.gap_length = integer(gap, "length", 50, 100000);
    gap.finish();
    JsonReader chains = root.object("chains");
    all.order = integer(chains, "order", 2, 6);
    all.texture_seed = static_cast<std::uint64_t>(chains.get<std::int64_t>("texture_seed"));
    all.background = parse_chain(chains.object("background"), all.order);
    all.island = parse_chain(chains.object("island"), all.order);
    all.transcribed = parse_chain(chains.object("transcribed"), all.order);
    chains.finish();
    JsonReader islands = root.object("islands");
    all.island_per_base = probability(islands, "per_base");
    all.island_length = {integer(islands, "stages", 1, 8), positive(islands, "mean_length")};
    islands.finish();
    parse_microsatellites(root.object("microsatellites"), all);
    parse_repeats(root.object("repeats"), all);
    all.genes = parse_genes(root.object("genes"));
    JsonReader variants = root.object("variants");
    all.variants_per_base = probability(variants, "per_base");
    all.variants_in_coding = probability(variants, "in_coding");
    variants.finish();
    root.finish();
    return all;
}

}  // namespace dna_hnet::simulate
