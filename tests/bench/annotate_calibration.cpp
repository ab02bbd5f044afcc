// Calibration of the tests of `dna-hnet annotate` (docs/semantics.md section 6) on simulations in
// which boundaries and features have nothing to do with each other, and their power where an
// association is planted.
//
//     annotate_calibration [SIMULATIONS] [SEED]      default 2000 1
//
// Prints a Markdown table: the share of rows with p < 0.05 and, in brackets, half the width of its
// 95 % interval over simulations. `per base`: a test that takes bases for independent, by its side.
#include <fmt/format.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <map>

#include "annotation/annotate.hpp"
#include "annotation/row_groups.hpp"
#include "core/random.hpp"
#include "simulated_chunks.hpp"

namespace {

using namespace dna_hnet;
using namespace dna_hnet::annotation;
using bench::Chunker;
using bench::Scenario;
using bench::Simulation;

// 0.05 * 401 is just above a whole number: p < 0.05 has 20 of the 401 ranks, 0.0499.
constexpr std::int64_t kRotations = 400;
constexpr std::int64_t kBlocks = (bench::kContigLength + kBlockLength - 1) / kBlockLength;
const std::vector<std::string> kTests{"kmer6", "rotate", "control", "per base"};
const std::vector<std::string> kRows{"body", "start", "end", "phase"};

using Key = std::pair<std::string, std::string>;  // row, test

// Rows of one simulation are not independent, so the interval is that of the simulations' shares.
class Shares {
  public:
    void add(const std::string& row, const std::string& test, double p) {
        auto& [found, rows] = current_[{row, test}];
        found += p < 0.05 ? 1 : 0;
        ++rows;
    }
    void end_simulation() {
        for (const auto& [key, counts] : current_) {
            Sums& sums = sums_[key];
            const double share = counts.first / counts.second;
            ++sums.simulations;
            sums.share += share;
            sums.squares += share * share;
        }
        current_.clear();
    }
    std::string text(const Key& key) const {
        const Sums& sums = sums_.at(key);
        const double mean = sums.share / sums.simulations;
        const double variance = std::max(0.0, sums.squares / sums.simulations - mean * mean);
        return fmt::format("{:.4f} ({:.4f})", mean, 1.96 * std::sqrt(variance / sums.simulations));
    }

  private:
    struct Sums {
        double simulations = 0, share = 0, squares = 0;
    };
    std::map<Key, std::pair<double, double>> current_;
    std::map<Key, Sums> sums_;
};

double per_base_p(const Outcome& rotate, std::int64_t bases) {
    const double rate = rotate.expected / static_cast<double>(bases);
    const double z = (rotate.observed - rotate.expected) / std::sqrt(rotate.expected * (1 - rate));
    return std::erfc(std::abs(z) / std::sqrt(2.0));
}

// Chi square over bases, two degrees of freedom.
double per_base_p(const PhaseResult& phase) {
    double square = 0;
    for (std::size_t j = 0; j < 3; ++j) {
        const double d = phase.observed[j] - phase.expected[j];
        square += d * d / (phase.expected[j] * (1 - phase.expected[j] / phase.bases[j]));
    }
    return std::exp(-square / 2);
}

void add_row(const std::string& row, const Tally& tally, std::int64_t column, double factor,
             const BlockBootstrap& bootstrap, Shares& shares) {
    for (const Null null : {Null::kmer6, Null::rotate, Null::control}) {
        const Outcome outcome = tally.outcome(column, null, factor, bootstrap);
        shares.add(row, null_name(null), outcome.p);
        if (null == Null::rotate) {
            shares.add(row, "per base", per_base_p(outcome, tally.bases(column)));
        }
    }
}

// Where sense and antisense differ, they are counted apart.
std::vector<std::string> orientations(const Scenario& scenario) {
    if (scenario.motifs || scenario.planted()) return {" sense", " antisense"};
    return {""};
}

void test(const Simulation& simulation, const Scenario& scenario, std::uint64_t seed,
          std::uint64_t number, Shares& shares) {
    const bool apart = orientations(scenario).size() > 1;
    const ContigSignal& signal = simulation.signal;
    const double factor =
        static_cast<double>(signal.boundary.total()) / static_cast<double>(signal.control.total());
    Random random(seed, number);
    Shifts shifts;
    for (const genome::Interval& piece : signal.pieces) {
        auto& row = shifts.emplace_back(static_cast<std::size_t>(kRotations));
        for (std::int64_t& shift : row) {
            const auto length = static_cast<std::uint64_t>(piece.length());
            shift = static_cast<std::int64_t>(random.below(length));
        }
    }
    std::vector<std::int64_t> block(static_cast<std::size_t>(kBlocks));
    for (std::size_t i = 0; i < block.size(); ++i) block[i] = static_cast<std::int64_t>(i);
    const BlockBootstrap bootstrap(kBlocks, seed);
    for (RowGroup& group : row_groups({simulation.exons}, simulation.strand)) {
        const std::string suffix = apart ? " " + group.orientation : "";
        group.open(kRotations, kBlocks);
        group.add(signal, 0, block.data(), shifts);
        add_row("body" + suffix, *group.body, 0, factor, bootstrap, shares);
        add_row("start" + suffix, *group.start, kReach, factor, bootstrap, shares);
        add_row("end" + suffix, *group.end, kReach, factor, bootstrap, shares);
    }
    for (PhaseGroup& group : phase_groups({simulation.exons}, simulation.strand)) {
        const std::string suffix = apart ? " " + group.orientation : "";
        group.add(signal, 0);
        for (const Null null : {Null::kmer6, Null::rotate, Null::control}) {
            const auto phase = test_phase(group.exons, null, factor, kRotations, number);
            shares.add("phase" + suffix, null_name(null), phase.p);
            if (null == Null::rotate) shares.add("phase" + suffix, "per base", per_base_p(phase));
        }
    }
    shares.end_simulation();
}

void report(const Scenario& scenario, std::int64_t simulations, std::uint64_t seed) {
    Shares shares;
    double chunks = 0, length = 0, squares = 0;
    for (std::int64_t i = 0; i < simulations; ++i) {
        const auto number = static_cast<std::uint64_t>(i);
        const Simulation simulation = bench::simulate(scenario, seed, number);
        chunks += static_cast<double>(simulation.chunks);
        length += simulation.length_sum;
        squares += simulation.length_squares;
        test(simulation, scenario, seed + 1, number, shares);
    }
    const double mean = length / chunks;
    const auto lengths =
        fmt::format("{:.2f} (SD {:.2f})", mean, std::sqrt(squares / chunks - mean * mean));
    for (const std::string& kind : kRows) {
        for (const std::string& orientation : orientations(scenario)) {
            const std::string row = kind + orientation;
            fmt::print("| {} | {} | {} | {} |", scenario.name, simulations, lengths, row);
            for (const std::string& name : kTests) fmt::print(" {} |", shares.text({row, name}));
            fmt::print("\n");
        }
    }
    std::fflush(stdout);
}

}  // namespace

int main(int count, char** arguments) {
    const std::int64_t simulations = count > 1 ? std::atoll(arguments[1]) : 2000;
    const auto seed = static_cast<std::uint64_t>(count > 2 ? std::atoll(arguments[2]) : 1);
    if (simulations < 20) {
        std::fputs("annotate_calibration: expected 20 or more SIMULATIONS\n", stderr);
        return 2;
    }
    fmt::print(
        "| scenario | simulations | chunk length | row | kmer6 | rotate | control | per base"
        " |\n|---|---|---|---|---|---|---|---|\n");
    report({"regular", Chunker::regular}, simulations, seed);
    report({"mixed", Chunker::mixed}, simulations, seed);
    report({"lookup, splice sites", Chunker::lookup, true}, simulations / 4, seed);
    report({"mixed, splice sites", Chunker::mixed, true}, simulations / 4, seed);
    report({"mixed, GC-rich exons", Chunker::mixed, false, 0, 0, 0.75}, simulations / 4, seed);
    report({"lookup, GC-rich exons", Chunker::lookup, false, 0, 0, 0.75}, simulations / 4, seed);
    report({"composition, GC-rich exons", Chunker::composition, false, 0, 0, 0.75}, simulations / 4,
           seed);
    report({"mixed, planted at starts", Chunker::mixed, false, 1.0, 0}, simulations / 10, seed);
    report({"mixed, planted at codons", Chunker::mixed, false, 0, 0.2}, simulations / 10, seed);
    return 0;
}
