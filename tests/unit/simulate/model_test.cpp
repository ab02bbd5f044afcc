// The parts of the generator: chains, codon tables, signals, and the model as a whole.
#include <cmath>
#include <set>

#include "simulate/genome_model.hpp"
#include "simulate/simulate.hpp"
#include "support/test.hpp"

using namespace dna_hnet;
using namespace dna_hnet::simulate;
using genome::Strand;

namespace {

Parameters built_in() {
    return parse_parameters(simulation_parameters_json());
}

// Probabilities of all words of `length` > order under the stationary chain.
std::vector<double> word_probabilities(const ContextTable& chain, int length) {
    const std::size_t contexts = std::size_t{1} << (2 * chain.order);
    std::vector<double> now(contexts, 1.0 / static_cast<double>(contexts));
    for (int step = 0; step < 400; ++step) {
        std::vector<double> next(contexts, 0);
        for (std::size_t c = 0; c < contexts; ++c) {
            for (std::size_t b = 0; b < 4; ++b) {
                next[(4 * c + b) % contexts] += now[c] * chain.probabilities[4 * c + b];
            }
        }
        now = next;
    }
    for (int i = chain.order; i < length; ++i) {
        std::vector<double> longer(now.size() * 4);
        for (std::size_t word = 0; word < longer.size(); ++word) {
            longer[word] =
                now[word / 4] * chain(static_cast<Context>(word / 4), static_cast<int>(word % 4));
        }
        now = longer;
    }
    return now;
}

std::size_t reverse_complement(std::size_t word, int length) {
    std::size_t result = 0;
    for (int i = 0; i < length; ++i, word /= 4) result = 4 * result + (3 - word % 4);
    return result;
}

}  // namespace

TEST_CASE("a symmetric chain gives a word and its reverse complement the same probability") {
    const Parameters all = built_in();
    const auto p = word_probabilities(
        make_chain(all.background, all.order, all.texture_seed, Strand::forward), 6);
    double total = 0, worst = 0, cg = 0, gc = 0;
    for (std::size_t word = 0; word < p.size(); ++word) {
        total += p[word];
        worst = std::max(worst, std::abs(p[word] / p[reverse_complement(word, 6)] - 1));
        if (word % 16 == 6) cg += p[word];  // ends in CG
        if (word % 16 == 9) gc += p[word];  // ends in GC
    }
    CHECK(total == Approx(1));
    CHECK(worst < 1e-9);
    CHECK(cg < 0.4 * gc);  // CpG-depleted
}

TEST_CASE("a chain with a sense reads the same from both strands") {
    const Parameters all = built_in();
    const auto forward = word_probabilities(
        make_chain(all.transcribed, all.order, all.texture_seed, Strand::forward), 6);
    const auto reverse = word_probabilities(
        make_chain(all.transcribed, all.order, all.texture_seed, Strand::reverse), 6);
    double worst = 0, difference = 0;
    for (std::size_t word = 0; word < forward.size(); ++word) {
        worst = std::max(worst, std::abs(forward[word] / reverse[reverse_complement(word, 6)] - 1));
        difference += std::abs(forward[word] - reverse[word]);
    }
    CHECK(worst < 1e-9);
    CHECK(difference > 0.1);
}

TEST_CASE("codon tables multiply to the codon weights on both strands, without stops") {
    const Parameters all = built_in();
    double sum = 0;
    for (const double weight : all.genes.codons) sum += weight;
    for (const Strand strand : {Strand::forward, Strand::reverse}) {
        const auto tables = make_codon_tables(all.genes.codons, strand);
        double worst = 0;
        for (std::size_t codon = 0; codon < 64; ++codon) {
            const auto read = static_cast<Context>(
                strand == Strand::forward ? codon : reverse_complement(codon, 3));
            const double p = tables[0](0, static_cast<int>(read >> 4)) *
                             tables[1](read >> 4, static_cast<int>((read >> 2) & 3)) *
                             tables[2](read >> 2, static_cast<int>(read & 3));
            worst = std::max(worst, std::abs(p - all.genes.codons[codon] / sum));
        }
        CHECK(worst < 1e-12);
    }
    CHECK(all.genes.codons[48] == 0);  // TAA
}

TEST_CASE("signals: probabilities of an IUPAC consensus, and its reverse complement") {
    const SignalParameters signal{"GTR", {0, 0.3, 0.1}};
    CHECK(signal.probabilities(0) == std::array<double, 4>{0, 0, 1, 0});
    CHECK(signal.probabilities(1)[3] == Approx(0.7));
    CHECK(signal.probabilities(1)[0] == Approx(0.1));
    CHECK(signal.probabilities(2)[0] == Approx(0.45));
    CHECK(signal.probabilities(2)[1] == Approx(0.05));
    CHECK(signal.reverse_complement().consensus == "YAC");
    CHECK(signal.reverse_complement().error == std::vector<double>{0.1, 0.3, 0});
}

TEST_CASE("the model is a distribution with a few thousand states, every one of them reachable") {
    const BlockHmm hmm = make_genome_model(built_in());
    hmm.check();
    CHECK(hmm.state_count() > 3000);
    CHECK(hmm.state_count() < 6000);
    CHECK(hmm.blocks().size() < 65536);
    std::set<int> reached{0};
    std::vector<int> queue{0};
    while (!queue.empty()) {
        const int here = queue.back();
        queue.pop_back();
        for (const Exit& exit : hmm.blocks()[here].exits) {
            if (exit.probability > 0 && reached.insert(exit.block).second)
                queue.push_back(exit.block);
        }
    }
    CHECK(reached.size() == hmm.blocks().size());
}

TEST_CASE("parameters that are wrong are refused by their place") {
    const std::string good = simulation_parameters_json();
    const auto message = [&](const std::string& from, const std::string& to) {
        std::string text = good;
        const std::size_t at = text.find(from);
        REQUIRE(at != std::string::npos);
        text.replace(at, from.size(), to);
        return std::string(test::error_of([&] { parse_parameters(text); }).what());
    };
    CHECK(test::contains(message("\"sim1\": 0.4", "\"sim1\": 0.5"), "contigs"));
    CHECK(test::contains(message("\"TAA\": 0.3", "\"TAC\": 0.3"), "stop_codons"));
    CHECK(test::contains(message("GTRAGT", "GTRAG"), "error"));
    CHECK(test::contains(message("\"promoter_spacer\"", "\"promoter_space\""), "promoter_spacer"));
}
