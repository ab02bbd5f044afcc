#include <map>

#include "support/test.hpp"

#include "baselines/hashed_counts.hpp"
#include "baselines/order_counts.hpp"
#include "baselines/training_blocks.hpp"
#include "memory_reference.hpp"

using namespace dna_hnet;
using namespace dna_hnet::baselines;
using test::Bases;

namespace {

// By the definition: every k-mer of `letters` bases without N, on both strands.
std::map<std::uint64_t, std::uint32_t> naive_counts(const Bases& forward, int letters) {
    std::map<std::uint64_t, std::uint32_t> counts;
    for (const Bases& bases : {forward, test::reverse_complemented(forward)}) {
        for (std::size_t begin = 0; begin + static_cast<std::size_t>(letters) <= bases.size();
             ++begin) {
            std::uint64_t kmer = 0;
            bool known = true;
            for (int i = 0; i < letters; ++i) {
                const genome::Base base =
                    genome::base_code(bases[begin + static_cast<std::size_t>(i)]);
                known = known && base < 4;
                kmer = kmer << 2 | (base & 3);
            }
            if (known) ++counts[kmer];
        }
    }
    return counts;
}

// Runs of every length from 1 up, an N run, soft-masked bases, and repeats.
Bases awkward_sequence() {
    Bases bases = test::random_bases(3000, 1);
    for (std::size_t n = 40, run = 1; n < 700; n += ++run) bases[n] = genome::kN;
    for (std::size_t n = 900; n < 960; ++n) bases[n] = genome::kN;
    for (std::size_t n = 1000; n < 1200; ++n)
        bases[n] = bases[n - 1000 + 1500] | genome::kSoftMasked;
    return bases;
}

// Feeds `bases` block by block, held-out blocks last, as fit() does.
template <class Add>
void add_by_blocks(const Bases& bases, Add add) {
    const auto blocks = training_blocks({{0, 0, static_cast<std::int64_t>(bases.size())}});
    for (const bool held_out : {false, true}) {
        for (const TrainingBlock& block : blocks) {
            if (block.held_out != held_out) continue;
            add(bases.data() + block.bases.begin - block.lead, block.lead,
                block.bases.length() + block.lead, block.ends);
        }
    }
}

}  // namespace

TEST_CASE("counts of every order are those of the definition, on both strands and across blocks") {
    Bases bases = awkward_sequence();
    while (bases.size() < 20000) bases.insert(bases.end(), bases.begin(), bases.begin() + 1337);
    OrderCounts counts;
    add_by_blocks(bases, [&](const genome::Base* block, std::int64_t lead, std::int64_t length,
                             bool ends) { counts.add(block, lead, length, ends); });
    counts.finish();
    for (int order = 0; order <= kMaxOrder; ++order) {
        INFO("order " << order);
        const auto expected = naive_counts(bases, order + 1);
        std::uint64_t different = 0, total = 0, expected_total = 0;
        for (std::uint64_t kmer = 0; kmer < std::uint64_t{4} << 2 * order; ++kmer)
            total += counts.counts(order)[kmer];
        for (const auto& [kmer, count] : expected) {
            expected_total += count;
            if (counts.counts(order)[kmer] != count) ++different;
        }
        CHECK(different == 0);
        CHECK(total == expected_total);
    }
}

TEST_CASE("finish may be called again after more was added") {
    const Bases bases = test::random_bases(500, 3);
    OrderCounts twice, once;
    twice.add(bases.data(), 0, 300, false);
    twice.finish();
    twice.add(bases.data() + 280, 20, 220, true);
    twice.finish();
    once.add(bases.data(), 0, 500, true);
    once.finish();
    for (std::size_t kmer = 0; kmer < 4096; ++kmer)
        REQUIRE(twice.counts(5)[kmer] == once.counts(5)[kmer]);
}

TEST_CASE("hashed counts are the exact counts while there is room") {
    const Bases bases = awkward_sequence();
    for (const int order : {14, 16, 20}) {
        INFO("order " << order);
        HashedCounts counts(order, 8 * static_cast<std::int64_t>(bases.size()));
        add_by_blocks(bases, [&](const genome::Base* block, std::int64_t lead, std::int64_t length,
                                 bool) { counts.add(block, lead, length); });
        std::int64_t different = 0;
        const auto expected = naive_counts(bases, order + 1);
        REQUIRE(expected.size() > 1000);
        for (const auto& [kmer, count] : expected)
            different += counts.find(kmer >> 2)[kmer & 3] != count;
        CHECK(different == 0);
    }
}

TEST_CASE("hashed counts halve at 15, and contexts seen once make room for others") {
    Bases bases(64, genome::kA);
    bases.push_back(genome::kC);
    HashedCounts counts(16, 64);
    counts.add(bases.data(), 0, 65);
    // 48 times A after A x 16, then C: 15 -> 7 + 1, and so on.
    const auto n = counts.find(0);
    CHECK(n[0] == 7 + (48 - 15) % 8);
    CHECK(n[1] == 1);

    const Bases many = test::random_bases(200000, 4);
    HashedCounts small(16, 1);  // 4,096 slots for 400,000 contexts
    small.add(bases.data(), 0, 65);
    small.add(many.data(), 0, 200000);
    CHECK(small.find(0)[0] > 7);  // seen often: stays
    std::int64_t found = 0;
    KmerRoller kmers;
    for (std::size_t i = 0; i < many.size(); ++i) {
        if (i > many.size() - 1000 && kmers.run() >= 16) {
            const auto one = small.find(kmers.last(16));
            found += one[many[i]] > 0;
        }
        kmers.push(many[i]);
    }
    CHECK(found > 500);  // the latest of those seen once are there
}

TEST_CASE("blocks tile the intervals; one in sixteen is held out") {
    const auto blocks = training_blocks({{0, 100, 5'000'000}, {2, 7, 70'000}});
    std::int64_t at = 100, held = 0;
    for (const TrainingBlock& block : blocks) {
        if (block.bases.contig == 0) {
            CHECK(block.bases.begin == at);
            at = block.bases.end;
            CHECK(block.lead == (block.bases.begin == 100 ? 0 : 20));
            CHECK(block.ends == (block.bases.end == 5'000'000));
        }
        held += block.held_out;
    }
    CHECK(at == 5'000'000);
    CHECK(blocks.back().bases.end == 70'000);
    CHECK(blocks.size() == 79);
    CHECK(held == 5);
    const auto windows = sample_windows(blocks, 100);
    CHECK(windows.size() == 100);
    for (const genome::Interval& window : windows) {
        const bool inside =
            std::any_of(blocks.begin(), blocks.end(), [&](const TrainingBlock& block) {
                return block.held_out && block.bases.contig == window.contig &&
                       block.bases.begin <= window.begin && window.end <= block.bases.end;
            });
        CHECK(inside);
    }
    CHECK(sample_windows(training_blocks({{0, 0, 900}}), 100).empty());
}
