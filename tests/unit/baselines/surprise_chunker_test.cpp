#include "baselines/surprise_chunker.hpp"

#include <algorithm>
#include <cmath>

#include "baselines/baseline_set.hpp"
#include "support/test.hpp"

#include "memory_reference.hpp"

using namespace dna_hnet;
using namespace dna_hnet::baselines;
using test::Bases;

namespace {

// A sequence with structure, so that surprise has many values: each base mostly repeats the one six
// before it.
Bases structured(std::int64_t length) {
    Bases bases = test::random_bases(length, 3);
    const Bases noise = test::random_bases(length, 4);
    for (std::size_t i = 6; i < bases.size(); ++i) {
        if (noise[i] > 0) bases[i] = bases[i - 6];
    }
    for (std::size_t i = 5000; i < std::min<std::size_t>(5100, bases.size()); ++i) {
        bases[i] = genome::kN;
    }
    if (bases.size() > 7000) bases[7000] = genome::kN;
    return bases;
}

std::vector<std::uint8_t> begins_of(const SurpriseChunker& chunker, const Bases& bases) {
    std::vector<std::uint8_t> begins(bases.size());
    chunker.read(bases.data(), 0, static_cast<std::int64_t>(bases.size()), begins.data());
    return begins;
}

std::int64_t count(const std::vector<std::uint8_t>& begins) {
    return std::count(begins.begin(), begins.end(), 1);
}

}  // namespace

TEST_CASE("the rate on both strands of the training intervals is the one asked for") {
    const Bases bases = structured(60000);
    test::MemoryReference reference({bases});
    std::int64_t letters = 0;
    for (const genome::Base base : bases) letters += genome::is_acgt(base);
    for (const double rate : {0.05, 0.333, 0.8}) {
        INFO("rate " << rate);
        const auto chunker = SurpriseChunker::fit(reference, reference.everything(), rate);
        const auto both = count(begins_of(chunker, bases)) +
                          count(begins_of(chunker, test::reverse_complemented(bases)));
        const double share = static_cast<double>(both) / (2.0 * static_cast<double>(letters));
        CHECK(share == Approx(chunker.training_rate()).epsilon(1e-12));
        CHECK(std::abs(share - rate) < 0.003);  // half of the most frequent number of bits
    }
}

TEST_CASE("a base begins a chunk where the row order5 has more bits than the threshold") {
    const Bases bases = structured(20000);
    test::MemoryReference reference({bases, structured(3000)});
    const auto chunker = SurpriseChunker::fit(reference, reference.everything(), 0.333);
    BaselineOptions options;
    options.mix = false;
    const auto set = BaselineSet::fit(reference, reference.everything(), options);
    std::vector<float> bits(set.names().size() * bases.size());
    set.score_orders(bases.data(), static_cast<std::int64_t>(bases.size()), bits.data());
    const auto begins = begins_of(chunker, bases);
    std::size_t different = 0;
    for (std::size_t i = 0; i < bases.size(); ++i) {
        different += begins[i] != (bits[5 * bases.size() + i] > chunker.threshold());
    }
    CHECK(different == 0);
    CHECK(count(begins) > 5000);
}

TEST_CASE("a piece with its context decides as the whole does") {
    const Bases bases = structured(9000);
    test::MemoryReference reference({bases});
    const auto chunker = SurpriseChunker::fit(reference, reference.everything(), 0.4);
    const auto whole = begins_of(chunker, bases);
    for (const std::int64_t begin : {1, 5, 4998, 5003, 5101, 7001, 8000}) {
        const std::int64_t lead = std::min<std::int64_t>(begin, SurpriseChunker::kOrder);
        std::vector<std::uint8_t> part(500);
        chunker.read(bases.data() + begin - lead, lead, 500, part.data());
        CHECK(std::equal(part.begin(), part.end(), whole.begin() + begin));
    }
}

TEST_CASE("bases of equal bits are on one side of the threshold together") {
    // A alone, read as T on the other strand: all but the first five have the same bits.
    const Bases bases(4000, genome::kA);
    test::MemoryReference reference({bases});
    const auto chunker = SurpriseChunker::fit(reference, reference.everything(), 0.3);
    CHECK(chunker.training_rate() < 0.01);
    CHECK(count(begins_of(chunker, bases)) < 10);
}

TEST_CASE("the chunker refuses what it cannot be fitted on") {
    test::MemoryReference reference({test::random_bases(100, 1), Bases(50, genome::kN)});
    for (const double rate : {0.0, 1.0, -0.1, std::nan("")}) {
        CHECK(test::error_of([&] {
                  SurpriseChunker::fit(reference, {{0, 0, 100}}, rate);
              }).kind() == ErrorKind::usage);
    }
    CHECK(test::error_of([&] { SurpriseChunker::fit(reference, {}, 0.3); }).kind() ==
          ErrorKind::usage);
    CHECK(test::error_of([&] {
              SurpriseChunker::fit(reference, {{1, 0, 50}}, 0.3);
          }).kind() == ErrorKind::bad_input);
}
