#include "batch/step_reader.hpp"

#include <array>

#include "batch/step_prefetcher.hpp"
#include "core/random.hpp"
#include "support/memory_reference.hpp"
#include "support/test.hpp"

using namespace dna_hnet;
using batch::StepReader;
using batch::TokenBatch;
using genome::Interval;
using genome::Vocabulary;

namespace {

std::string random_letters(std::size_t length, std::uint64_t seed) {
    Random random(seed, 1);
    std::string text;
    for (std::size_t i = 0; i < length; ++i) text += "ACGT"[random.below(4)];
    return text;
}

config::TrainConfig small_config() {
    config::TrainConfig config;
    config.context = 16;
    config.batch_bases = 64;
    config.accumulate = 2;
    return config;
}

bool same(const TokenBatch& a, const TokenBatch& b) {
    return a.lengths == b.lengths && a.inputs == b.inputs && a.targets == b.targets &&
           a.scored == b.scored && a.weights == b.weights && a.total_weight == b.total_weight &&
           a.scored_bases == b.scored_bases;
}

}  // namespace

TEST_CASE("a sequence begins with BOS and every base is a target once") {
    std::vector<genome::Base> bases;
    for (const char letter : std::string("AcgNT")) bases.push_back(genome::encode_base(letter));
    TokenBatch batch;
    append_sequence(batch, bases, Vocabulary::dna, {0.25});
    append_sequence(batch, std::span(bases).first(1), Vocabulary::dna, {0.25});
    CHECK(batch.lengths == std::vector<std::int64_t>{5, 1});
    CHECK(batch.inputs == std::vector<std::uint8_t>{5, 0, 1, 2, 4, 5});
    CHECK(batch.targets == std::vector<std::uint8_t>{0, 1, 2, 4, 3, 0});
    CHECK(batch.scored == std::vector<float>{1, 1, 1, 0, 1, 1});
    CHECK(batch.weights == std::vector<float>{1, 0.25, 0.25, 0, 1, 1});
    CHECK(batch.total_weight == 3.5);
    CHECK(batch.scored_bases == 5);

    TokenBatch part;
    append_sequence(part, bases, Vocabulary::dna, {}, 2, 4);
    CHECK(part.scored == std::vector<float>{0, 0, 1, 0, 0});
    CHECK(part.tokens() == 5);
}

TEST_CASE("a step holds the windows of its numbers, in reading direction") {
    test::MemoryReference reference({{"a", random_letters(300, 1)}, {"b", random_letters(100, 2)}});
    const auto config = small_config();
    StepReader reader(reference, {{0, 0, 250}, {1, 10, 90}}, config, Vocabulary::dna, std::nullopt);
    CHECK(reader.windows_per_step() == 8);
    const auto step = reader.read(3);
    REQUIRE(step.micro_batches.size() == 2);
    CHECK(step.bases == 128);
    CHECK(step.total_weight == 128);
    std::int64_t number = 24;
    int reverse = 0;
    for (const TokenBatch& batch : step.micro_batches) {
        for (std::size_t i = 0; i < 4; ++i, ++number) {
            const auto window = reader.sampler().window(number);
            auto bases = reference.fetch(window.interval);
            if (window.strand == genome::Strand::reverse) {
                genome::reverse_complement(bases.data(), 16);
                ++reverse;
            }
            for (std::size_t t = 0; t < 16; ++t)
                CHECK(batch.targets[16 * i + t] == genome::base_code(bases[t]));
        }
    }
    CHECK(reverse > 0);
    CHECK(reverse < 8);
}

TEST_CASE("no window is of N alone") {
    test::MemoryReference reference({{"a", std::string(30, 'N')}, {"b", "NNACGTNN"}});
    StepReader reader(reference, {{0, 0, 30}, {1, 0, 2}, {1, 3, 8}}, small_config(),
                      Vocabulary::dna, std::nullopt);
    for (std::int64_t n = 0; n < 100; ++n) {
        CHECK(reader.sampler().window(n).interval == Interval{1, 3, 8});
    }
    const auto none = [&] {
        StepReader(reference, {{0, 0, 30}, {1, 0, 2}}, small_config(), Vocabulary::dna,
                   std::nullopt);
    };
    CHECK(test::contains(test::error_of(none).what(), "nothing to train on"));
}

TEST_CASE("no window holds a part of a gap") {
    const std::string letters = random_letters(200, 3) + std::string(50, 'N') +
                                random_letters(100, 4) + std::string(49, 'N') +
                                random_letters(40, 5);
    test::MemoryReference reference({{"a", letters}, {"b", std::string(80, 'N')}});
    CHECK(batch::without_gaps(reference, {{0, 20, 420}, {1, 0, 80}}) ==
          std::vector<Interval>{{0, 20, 200}, {0, 250, 420}});
    StepReader reader(reference, {{0, 20, 420}, {1, 0, 80}}, small_config(), Vocabulary::dna,
                      std::nullopt);
    for (std::int64_t n = 0; n < 5000; ++n) {
        const auto window = reader.sampler().window(n).interval;
        CHECK((window.end <= 200 || window.begin >= 250));
    }
}

TEST_CASE("steps that were read ahead are the steps") {
    test::MemoryReference reference({{"a", random_letters(500, 1)}, {"b", random_letters(10, 2)}});
    const auto make = [&] {
        return StepReader(reference, {{0, 0, 500}, {1, 0, 10}}, small_config(), Vocabulary::bytes,
                          std::nullopt);
    };
    StepReader direct = make();
    batch::StepPrefetcher ahead(make(), 4, 9);
    for (std::int64_t step = 4; step < 9; ++step) {
        const auto got = ahead.next(), expected = direct.read(step);
        CHECK(got.step == step);
        REQUIRE(got.micro_batches.size() == expected.micro_batches.size());
        for (std::size_t i = 0; i < got.micro_batches.size(); ++i)
            CHECK(same(got.micro_batches[i], expected.micro_batches[i]));
    }
    const batch::StepPrefetcher unused(make(), 0, 1000);  // ends without being asked
}

TEST_CASE("a failure of reading reaches the caller") {
    struct Broken final : genome::Reference {
        test::MemoryReference inner{{{"a", random_letters(100, 1)}, {"b", "A"}}};
        bool broken = false;
        const std::vector<genome::Contig>& contigs() const override { return inner.contigs(); }
        void fetch_into(const Interval& interval, genome::Base* out) override {
            if (broken && interval.length() < 100) throw input_error("g.fa: truncated");
            inner.fetch_into(interval, out);
        }
        std::unique_ptr<Reference> clone() const override {
            auto copy = std::make_unique<Broken>();
            copy->broken = true;
            return copy;
        }
        const std::string& path() const override { return inner.path(); }
    } reference;
    batch::StepPrefetcher ahead(
        StepReader(reference, {{0, 0, 100}}, small_config(), Vocabulary::dna, std::nullopt), 0, 5);
    CHECK(test::contains(test::error_of([&] { ahead.next(); }).what(), "truncated"));
}

TEST_CASE("soft-mask weights follow the case, or the repeats") {
    auto config = small_config();
    config.softmask_weight = 0.5;
    config.reverse_complement = 0;
    test::MemoryReference upper(
        {{"a", random_letters(1000, 1)}, {"b", std::string("a") + random_letters(999, 2)}});
    for (const std::int64_t contig : {0, 1}) {
        const Error error = test::error_of([&] {
            StepReader(upper, {{contig, 0, 1000}}, config, Vocabulary::dna, std::nullopt);
        });
        CHECK(error.kind() == ErrorKind::usage);
        CHECK(test::contains(error.what(), contig == 0 ? "contig a of g.fa has 0.00 % lower case"
                                                       : "contig b of g.fa has 0.10 %"));
    }
    StepReader reader(upper, {{0, 0, 1000}}, config, Vocabulary::dna,
                      std::vector<Interval>{{0, 0, 500}, {0, 700, 710}, {1, 0, 9}});
    for (std::int64_t step = 0; step < 20; ++step) {
        const auto batch = reader.read(step);
        double total = 0;
        for (std::int64_t w = 0; w < 8; ++w) {
            const auto at = reader.sampler().window(8 * step + w).interval;
            const auto& micro = batch.micro_batches[static_cast<std::size_t>(w / 4)];
            for (std::int64_t i = 0; i < 16; ++i) {
                const std::int64_t base = at.begin + i;
                const float expected = base < 500 || (base >= 700 && base < 710) ? 0.5F : 1.0F;
                CHECK(micro.weights[static_cast<std::size_t>(16 * (w % 4) + i)] == expected);
                total += expected;
            }
        }
        CHECK(batch.total_weight == total);
    }
}

TEST_CASE("a batch that is no whole number of windows is refused") {
    test::MemoryReference reference({{"a", random_letters(100, 1)}, {"b", "A"}});
    for (const std::int64_t bases : {15, 40}) {
        auto config = small_config();
        config.batch_bases = bases;
        const Error error = test::error_of([&] {
            StepReader(reference, {{0, 0, 100}}, config, Vocabulary::dna, std::nullopt);
        });
        CHECK(error.kind() == ErrorKind::usage);
        CHECK(test::contains(error.what(), "expected a multiple of --context (16)"));
    }
}
