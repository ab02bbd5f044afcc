// The recursions are exact: against a plain implementation, against brute force, and against the
// sampler.
#include <cmath>

#include "simulate/genome_model.hpp"
#include "simulate/truth.hpp"
#include "support/test.hpp"

using namespace dna_hnet;
using namespace dna_hnet::simulate;
using genome::Base;

namespace {

struct Model {
    BlockHmm hmm = make_genome_model(parse_parameters(simulation_parameters_json()));
    EmissionTables tables{hmm};
};

const Model& model() {
    static const Model instance;
    return instance;
}

std::vector<Base> sample(std::int64_t length, std::uint64_t seed) {
    Random random(seed, 77);
    HmmState state;
    Context context = 0;
    std::vector<Base> bases;
    for (std::int64_t i = 0; i < length; ++i) {
        bases.push_back(model().hmm.sample(state, context, random));
        context = push_base(context, bases.back());
    }
    return bases;
}

double log2_probability(const std::vector<Base>& bases) {
    ForwardSweep sweep(model().tables);
    double sum = 0;
    for (const Base base : bases) sum += std::log2(sweep.step(base));
    return sum;
}

// The forward recursion as block_hmm.hpp words it, one move after the other, in no clever order.
class PlainForward {
  public:
    PlainForward() : shares_(model().hmm.padded_states(), 0) {
        shares_[model().hmm.blocks()[0].first_state] = 1;
    }

    double step(int base) {
        next_.assign(shares_.size(), 0);
        const auto& blocks = model().hmm.blocks();
        for (const Block& block : blocks) {
            for (int row = 0; row < block.rows; ++row) {
                for (int lane = 0; lane < block.lanes; ++lane) move_from(block, row, lane);
            }
        }
        double total = 0;
        for (const Block& block : blocks) {
            for (int i = 0; i < block.states(); ++i) {
                double& share = next_[block.first_state + i];
                share *= block.context_probability(context_, base) *
                         (block.letters.empty() ? 1 : block.letters[i][base]);
                total += share;
            }
        }
        for (double& share : next_) share /= total;
        shares_ = next_;
        context_ = push_base(context_, base);
        return total;
    }

  private:
    void move_from(const Block& block, int row, int lane) {
        const double share = shares_[block.first_state + row * block.lanes + lane];
        if (share == 0) return;
        double out = block.leave;
        const auto to_row = [&](int target, double probability) {
            if (target >= block.rows) {
                out += probability;
            } else {
                next_[block.first_state + target * block.lanes + lane] += share * probability;
            }
        };
        to_row(row + 1, block.advance);
        to_row(row, block.stay);
        to_row(row + 2, block.skip);
        for (const Exit& exit : block.exits) {
            const Block& target = model().hmm.blocks()[exit.block];
            const int entered = entered_lane(lane, block.lanes, target.lanes, context_);
            for (int r = 0; r < target.rows; ++r) {
                const double entry = target.entry.empty() ? (r == 0 ? 1 : 0) : target.entry[r];
                next_[target.first_state + r * target.lanes + entered] +=
                    share * out * exit.probability * entry;
            }
        }
    }

    std::vector<double> shares_, next_;
    Context context_ = 0;
};

}  // namespace

TEST_CASE("the forward sweep agrees with a plain implementation on every base") {
    const std::vector<Base> bases = sample(4000, 3);
    ForwardSweep sweep(model().tables);
    PlainForward plain;
    double worst = 0;
    for (const Base base : bases)
        worst = std::max(worst, std::abs(sweep.step(base) / plain.step(base) - 1));
    CHECK(worst < 1e-9);
}

TEST_CASE("the probabilities of the four letters sum to one") {
    const std::vector<Base> bases = sample(20000, 4);
    ForwardSweep sweep(model().tables);
    double worst = 0;
    for (std::size_t i = 0; i < bases.size(); ++i) {
        if (i % 37 == 0) {
            double sum = 0;
            for (int base = 0; base < 4; ++base) sum += ForwardSweep(sweep).step(base);
            worst = std::max(worst, std::abs(sum - 1));
        }
        sweep.step(bases[i]);
    }
    CHECK(worst < 1e-12);
}

TEST_CASE("what is sampled is as surprising as the sweep expects") {
    // bits - (expected bits given the past) is a martingale: its mean must vanish within its own
    // spread.
    const std::vector<Base> bases = sample(60000, 5);
    ForwardSweep sweep(model().tables);
    double difference = 0, variance = 0;
    for (std::size_t i = 0; i < bases.size(); ++i) {
        if (i % 4 == 0) {
            double expected = 0, square = 0, seen = 0;
            for (int base = 0; base < 4; ++base) {
                const double p = ForwardSweep(sweep).step(base);
                if (p <= 0) continue;
                expected -= p * std::log2(p);
                square += p * std::log2(p) * std::log2(p);
                if (base == bases[i]) seen = -std::log2(p);
            }
            difference += seen - expected;
            variance += square - expected * expected;
        }
        sweep.step(bases[i]);
    }
    INFO("mean difference " << difference / 15000 << ", sd " << std::sqrt(variance) / 15000);
    CHECK(std::abs(difference) < 4 * std::sqrt(variance));
}

TEST_CASE("bits are those of the forward sweep and sum to the whole") {
    const std::vector<Base> bases = sample(5000, 6);
    double sum = 0;
    for (const float bits : bits_of(model().tables, bases)) sum += bits;
    CHECK(sum == Approx(-log2_probability(bases)).epsilon(1e-6));
}

TEST_CASE("the ratio of a variant is that of two whole segments, also at the segment's ends") {
    const std::vector<Base> bases = sample(3000, 8);
    std::vector<SimulatedVariant> variants;
    for (const std::int64_t position : {0, 1, 5, 6, 700, 701, 1444, 2200, 2990, 2994, 2998, 2999}) {
        const Base ref = bases[position];
        variants.push_back({0, position, ref, static_cast<Base>((ref + 1 + position % 3) % 4), 0});
    }
    score_segment(model().tables, bases, variants);
    const double whole = log2_probability(bases);
    for (const SimulatedVariant& variant : variants) {
        std::vector<Base> changed = bases;
        changed[variant.position] = variant.alt;
        INFO("position " << variant.position);
        CHECK(std::abs(variant.true_llr - (log2_probability(changed) - whole)) < 1e-9);
    }
}
