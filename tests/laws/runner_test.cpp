// The values of a base depend on model, reference, strand and options only.
#include <cstring>
#include <map>

#include "evaluate/model_runner.hpp"
#include "fixtures.hpp"
#include "genome/segments.hpp"
#include "support/test.hpp"

namespace dna_hnet::laws {
namespace {

using evaluate::Mode;
using evaluate::ModelRunner;
using evaluate::ReadingOptions;
using evaluate::SequenceValues;
using evaluate::Wanted;
using genome::Interval;
using genome::Strand;

// By contig and base; floats as their bits, so that NaN equals NaN.
struct Values {
    std::map<std::pair<std::int64_t, std::int64_t>, std::pair<std::uint32_t, std::uint32_t>> bits;
    std::vector<std::map<std::pair<std::int64_t, std::int64_t>, std::pair<std::uint32_t, bool>>>
        stages;
    bool operator==(const Values&) const = default;
};

std::uint32_t pattern(float value) {
    std::uint32_t word = 0;
    std::memcpy(&word, &value, sizeof word);
    return std::isnan(value) ? 0x7FC00000U : word;
}

constexpr Wanted kEverything{true, true, true};

Values values_of(ModelRunner& runner, genome::Reference& reference,
                 const std::vector<Interval>& regions, Strand strand,
                 const Wanted& wanted = kEverything) {
    Values values;
    values.stages.resize(static_cast<std::size_t>(runner.num_routed_stages()));
    Interval last{-1, 0, 0};
    const auto segments = genome::find_segments(reference);
    std::int64_t handed = 0;
    runner.run(
        reference, segments, regions, strand, wanted,
        [&](const SequenceValues& sequence) {
            const Interval& yields = sequence.sequence.yields;
            CHECK(last < yields);  // ascending
            last = yields;
            for (std::int64_t i = 0; i < yields.length(); ++i) {
                const auto bits = wanted.bits ? pattern(sequence.bits.at(i)) : 0;
                const auto entropy = wanted.entropy ? pattern(sequence.entropy.at(i)) : 0;
                const auto place = std::pair(yields.contig, yields.begin + i);
                const bool added = values.bits.emplace(place, std::pair(bits, entropy)).second;
                CHECK(added);  // each base once
            }
            for (std::size_t s = 0; s < sequence.stages.size(); ++s) {
                std::int64_t before = -1;
                for (const auto& one : sequence.stages[s]) {
                    CHECK(one.base > before);
                    before = one.base;
                    CHECK(one.base >= yields.begin);
                    CHECK(one.base < yields.end);
                    values.stages[s][{yields.contig, one.base}] = {pattern(one.prob), one.boundary};
                }
            }
        },
        [&](std::int64_t done) { handed = done; });
    CHECK(handed == static_cast<std::int64_t>(values.bits.size()));
    return values;
}

Values slice(const Values& all, const Interval& region) {
    Values part;
    part.stages.resize(all.stages.size());
    const auto inside = [&](const auto& place) {
        return place.first == region.contig && place.second >= region.begin &&
               place.second < region.end;
    };
    for (const auto& [place, value] : all.bits) {
        if (inside(place)) part.bits.emplace(place, value);
    }
    for (std::size_t s = 0; s < all.stages.size(); ++s) {
        for (const auto& [place, value] : all.stages[s]) {
            if (inside(place)) part.stages[s].emplace(place, value);
        }
    }
    return part;
}

// Two contigs: gaps, short runs of N, other letters, and a piece shorter than anything.
test::MemoryReference small_genome() {
    return test::MemoryReference(
        {{"chr1", random_letters(6000, 1) + std::string(60, 'N') + random_letters(4500, 2) +
                      "NNNRY" + random_letters(1700, 3) + std::string(80, 'N') + "A" +
                      std::string(50, 'n') + random_letters(517, 4)},
         {"chr2", random_letters(901, 5)}});
}

std::vector<Interval> whole(const genome::Reference& reference) {
    std::vector<Interval> regions;
    for (std::size_t i = 0; i < reference.contigs().size(); ++i) {
        regions.push_back({static_cast<std::int64_t>(i), 0, reference.contigs()[i].length});
    }
    return regions;
}

ReadingOptions reading(Mode mode, std::int64_t context, int threads, std::int64_t batch) {
    ReadingOptions options;
    options.mode = mode;
    options.context = context;
    options.threads = threads;
    options.batch_bases = batch;
    return options;
}

TEST_CASE("scored values are bit-equal for every thread count and batch size") {
    for (const auto& [name, json] : models()) {
        const auto model = random_model(json, 31);
        auto reference = small_genome();
        for (const auto& [mode, context] : {std::pair(Mode::windows, std::int64_t{1000}),
                                            std::pair(Mode::windows, std::int64_t{5000}),
                                            std::pair(Mode::carry, std::int64_t{0})}) {
            ModelRunner first(model, reading(mode, context, 1, 8192));
            const auto expected = values_of(first, reference, whole(reference), Strand::forward);
            CHECK(expected.bits.size() == 6000 + 4500 + 5 + 1700 + 1 + 517 + 901);
            CHECK(expected.stages[0].size() == expected.bits.size());
            for (const auto& [threads, batch] :
                 {std::pair(1, std::int64_t{1000}), std::pair(2, std::int64_t{65536}),
                  std::pair(3, std::int64_t{8192})}) {
                INFO(name << ", mode " << static_cast<int>(mode) << ", context " << context << ", "
                          << threads << " threads, batch " << batch);
                ModelRunner runner(model, reading(mode, context, threads, batch));
                CHECK(values_of(runner, reference, whole(reference), Strand::forward) == expected);
            }
        }
    }
}

TEST_CASE("a region equals its slice of the whole, on both strands, in both modes") {
    for (const auto& [name, json] : models()) {
        const auto model = random_model(json, 32);
        auto reference = small_genome();
        for (const Mode mode : {Mode::windows, Mode::carry}) {
            for (const Strand strand : {Strand::forward, Strand::reverse}) {
                ModelRunner runner(model, reading(mode, 1024, 2, 8192));
                const auto all = values_of(runner, reference, whole(reference), strand);
                for (const Interval region :
                     {Interval{0, 4097, 4100}, Interval{0, 5990, 7001}, Interval{0, 0, 1},
                      Interval{0, 12290, 12840}, Interval{1, 300, 901}}) {
                    INFO(name << ", mode " << static_cast<int>(mode) << ", strand "
                              << static_cast<int>(strand) << ", region " << region.begin);
                    CHECK(values_of(runner, reference, {region}, strand) == slice(all, region));
                }
                // Several at once, two of them in one window.
                const std::vector<Interval> several = {{0, 10, 20}, {0, 30, 35}, {1, 5, 800}};
                auto expected = slice(all, several[0]);
                for (const auto& region : {several[1], several[2]}) {
                    const auto part = slice(all, region);
                    expected.bits.insert(part.bits.begin(), part.bits.end());
                    for (std::size_t s = 0; s < part.stages.size(); ++s) {
                        expected.stages[s].insert(part.stages[s].begin(), part.stages[s].end());
                    }
                }
                CHECK(values_of(runner, reference, several, strand) == expected);
            }
        }
    }
}

TEST_CASE("reverse values are the forward values of the reverse complement, read backwards") {
    auto reference = small_genome();
    std::vector<std::pair<std::string, std::string>> turned;
    for (std::size_t i = 0; i < reference.contigs().size(); ++i) {
        const auto& contig = reference.contigs()[i];
        auto bases = reference.fetch({static_cast<std::int64_t>(i), 0, contig.length});
        genome::reverse_complement(bases.data(), contig.length);
        turned.emplace_back(contig.name, test::letters_of(bases));
    }
    test::MemoryReference mirror(turned);
    for (const auto& [name, json] : models()) {
        const auto model = random_model(json, 33);
        for (const Mode mode : {Mode::windows, Mode::carry}) {
            INFO(name << ", mode " << static_cast<int>(mode));
            ModelRunner runner(model, reading(mode, 1000, 2, 8192));
            const auto reverse = values_of(runner, reference, whole(reference), Strand::reverse);
            const auto forward = values_of(runner, mirror, whole(mirror), Strand::forward);
            const auto turn = [&](std::pair<std::int64_t, std::int64_t> place) {
                place.second = mirror.contigs()[static_cast<std::size_t>(place.first)].length - 1 -
                               place.second;
                return place;
            };
            Values expected;
            expected.stages.resize(forward.stages.size());
            for (const auto& [place, value] : forward.bits) expected.bits[turn(place)] = value;
            for (std::size_t s = 0; s < forward.stages.size(); ++s) {
                for (const auto& [place, value] : forward.stages[s]) {
                    expected.stages[s][turn(place)] = value;
                }
            }
            CHECK(reverse == expected);
        }
    }
}

TEST_CASE("bits do not depend on what else is wanted") {
    const auto model = random_model(models()[1].json, 34);
    auto reference = small_genome();
    for (const Mode mode : {Mode::windows, Mode::carry}) {
        INFO("mode " << static_cast<int>(mode));
        ModelRunner runner(model, reading(mode, 1023, 2, 8192));
        const Wanted bits_only, all{true, false, true};
        auto some = values_of(runner, reference, whole(reference), Strand::forward, bits_only);
        const auto more = values_of(runner, reference, whole(reference), Strand::forward, all);
        const bool same = some.bits == more.bits;
        CHECK(same);
    }
}

TEST_CASE("boundaries alone are the same decisions") {
    auto reference = small_genome();
    const auto model = random_model(models()[2].json, 38);
    for (const Mode mode : {Mode::windows, Mode::carry}) {
        ModelRunner runner(model, reading(mode, 1023, 2, 8192));
        const auto read = [&](const Wanted& wanted) {
            return values_of(runner, reference, whole(reference), Strand::forward, wanted);
        };
        CHECK((read({false, false, true}).stages == read(kEverything).stages));
    }
}

TEST_CASE("a window of one cell is one plain forward of the model") {
    const auto model = random_model(models()[2].json, 35);
    test::MemoryReference reference({{"chr1", random_letters(700, 9)}, {"chr2", "ACGTN"}});
    ModelRunner runner(model, reading(Mode::windows, 1024, 1, 8192));
    const auto values = values_of(runner, reference, {{0, 0, 700}}, Strand::forward);
    const auto bases = reference.fetch({0, 0, 700});
    auto tokens = at::full({701}, 5, at::kLong);
    for (std::int64_t i = 0; i < 700; ++i) tokens[i + 1] = bases[i];
    const at::NoGradGuard guard;
    const auto output = model->forward(tokens, ops::make_packing({701}, at::kCPU), {});
    const auto log_p = at::log_softmax(output.logits_TV.to(at::kDouble), 1);
    for (std::int64_t i = 0; i < 700; ++i) {
        const double bits = -log_p[i][bases[i]].item<double>() / std::log(2.0);
        float got = 0;
        std::memcpy(&got, &values.bits.at({0, i}).first, sizeof got);
        REQUIRE(got == Approx(bits).margin(1e-5));
        const auto& boundary = values.stages[0].at({0, i});
        REQUIRE(boundary.first == pattern(output.stages[0].prob_T[i + 1].item<float>()));
    }
    // The first token of stage 1 stands for the chunk that starts at BOS: it lies on base 0.
    CHECK(values.stages[1].count({0, 0}) == 1);
    const bool own = output.stages[0].mask_T[1].item<bool>();
    const auto tokens_inside = output.stages[1].packing.total();
    CHECK(static_cast<std::int64_t>(values.stages[1].size()) == tokens_inside - (own ? 1 : 0));
    // N is read but not scored.
    const auto second = values_of(runner, reference, {{1, 0, 5}}, Strand::forward);
    CHECK(second.bits.at({1, 4}).first == 0x7FC00000U);
    CHECK(second.bits.at({1, 3}).first != 0x7FC00000U);
}

TEST_CASE("carry refuses unlimited attention, and takes a window for it") {
    const auto model = random_model(unlimited_attention(), 36);
    const auto error =
        test::error_of([&] { ModelRunner(model, reading(Mode::carry, 0, 1, 8192)); });
    CHECK(error.kind() == ErrorKind::usage);
    CHECK(test::contains(error.what(), "--mode carry"));
    auto options = reading(Mode::carry, 0, 2, 8192);
    options.attention_window = 64;
    ModelRunner runner(model, options);
    auto reference = small_genome();
    const auto all = values_of(runner, reference, whole(reference), Strand::forward);
    const Interval region{0, 8000, 8100};
    CHECK(values_of(runner, reference, {region}, Strand::forward) == slice(all, region));
    CHECK(test::error_of([&] {
              ModelRunner(model, reading(Mode::windows, 1024, 0, 8192));
          }).kind() == ErrorKind::usage);
}

TEST_CASE("an error of the sink ends the run and reaches the caller") {
    const auto model = random_model(models()[0].json, 37);
    auto reference = small_genome();
    ModelRunner runner(model, reading(Mode::windows, 512, 3, 1024));
    int calls = 0;
    const auto error = test::error_of([&] {
        runner.run(reference, genome::find_segments(reference), whole(reference), Strand::forward,
                   {},
                   [&](const SequenceValues&) {
                       if (++calls == 3) throw run_error("disk full");
                   },
                   {});
    });
    CHECK(std::string(error.what()) == "disk full");
    CHECK(calls == 3);
}

}  // namespace
}  // namespace dna_hnet::laws
