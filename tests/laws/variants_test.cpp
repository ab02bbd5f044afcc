// A variant's score is that of two full, independent passes, and depends on its own record only.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <c10/core/InferenceMode.h>

#include <algorithm>
#include <cmath>
#include <iostream>
#include <map>
#include <numeric>
#include <thread>

#include "evaluate/variant_scorer.hpp"
#include "fixtures.hpp"
#include "naive_variants.hpp"
#ifdef DNA_HNET_IO
#include "hts/indexed_fasta.hpp"
#include "hts/variant_file.hpp"
#include "tasks/variant_check.hpp"
#endif
#include "support/test.hpp"

namespace dna_hnet::laws {
namespace {

using evaluate::VariantReading;
using evaluate::VariantScorer;

using genome::Strand;

constexpr double kTolerance = 1e-4;  // bits

// What two passes say of one difference, under the decisions of the scorer.
struct Naive {
    DirectionScore score;
    evaluate::BoundaryEffect effect;
    bool same_reference = true;  // the decisions are those of the other alleles of the window
    bool counted = false;        // read without the replay as well
    bool differs = false;        // and decided otherwise
};

evaluate::BoundaryEffect effect_of(const Difference& difference, const Pass& ref, const Pass& alt) {
    evaluate::BoundaryEffect effect;
    if (difference.tail() == 0) effect.gain = effect.loss = std::nanf("");
    const auto a = static_cast<std::int64_t>(difference.alternative.size());
    for (std::int64_t k = 0; k < std::min<std::int64_t>(100, difference.tail()); ++k) {
        const float change = alt.boundary[difference.first + a + k] -
                             ref.boundary[difference.first + difference.ref_length + k];
        effect.gain = std::max(effect.gain, change);
        effect.loss = std::max(effect.loss, -change);
    }
    return effect;
}

constexpr std::size_t kCountEvery = 8;

// Of every other difference, from `begin` on; with `count`, every eighth of them without the replay
// as well.
void pass_by_pass(model::LanguageModelImpl& model, genome::Reference& reference,
                  const std::vector<Difference>& differences,
                  const std::vector<evaluate::DifferenceDecisions>& decisions,
                  const VariantReading& reading, bool count, std::size_t begin,
                  std::vector<Naive>& result) {
    at::set_num_threads(1);
    const std::int64_t suffix = reading.suffix.value_or(1 << 30);
    std::map<std::pair<genome::Interval, Strand>, Pass> references;
    for (std::size_t i = begin; i < differences.size(); i += 2) {
        const Difference& difference = differences[i];
        const auto window = genome::read_bases(reference, difference.window, difference.strand);
        auto whole = alternative_of(window, difference);
        // What the scorer has read of the alternative ends with the suffix.
        const std::int64_t read = std::min<std::int64_t>(
            difference.tail(), std::max<std::int64_t>(suffix, reading.boundary_effects ? 100 : 0));
        whole.resize(whole.size() - static_cast<std::size_t>(difference.tail() - read));
        const auto [place, is_new] = references.try_emplace({difference.window, difference.strand});
        Naive& naive = result[i];
        if (is_new) place->second = read_whole(model, window, &decisions[i].reference);
        const Pass& ref = place->second;
        naive.same_reference = ref.decisions == decisions[i].reference;
        const Pass alt = read_whole(model, whole, &decisions[i].alternative);
        naive.score = by_definition(difference, ref, alt, suffix);
        if (reading.boundary_effects) naive.effect = effect_of(difference, ref, alt);
        naive.counted = count && i / 2 % kCountEvery == 0;
        naive.differs = naive.counted &&
                        (read_whole(model, window, nullptr).decisions != decisions[i].reference ||
                         read_whole(model, whole, nullptr).decisions != decisions[i].alternative);
    }
}

// Both missing, or within 1e-5.
bool near(float a, float b) {
    return std::isnan(a) ? std::isnan(b) : std::abs(a - b) < 1e-5F;
}

// Checks every score against the two passes.
Free require_naive(model::LanguageModel model, genome::Reference& reference,
                   const std::vector<Difference>& differences, VariantReading reading, bool count) {
    VariantScorer scorer(model, reading);
    std::vector<evaluate::DifferenceDecisions> decisions;
    const auto scores = scorer.score(reference, differences, &decisions);
    REQUIRE(scores.size() == differences.size());
    std::vector<Naive> naive(differences.size());
    {
        std::vector<std::unique_ptr<genome::Reference>> own;
        std::vector<std::jthread> running;
        for (const std::size_t half : {0, 1}) {
            own.push_back(reference.clone());
            running.emplace_back([&, half, other = own.back().get()] {
                pass_by_pass(*model, *other, differences, decisions, reading, count, half, naive);
            });
        }
    }
    Free free;
    for (std::size_t i = 0; i < differences.size(); ++i) {
        CAPTURE(i, differences[i].first, differences[i].ref_length);
        CHECK(naive[i].same_reference);
        CHECK(std::abs(scores[i].site - naive[i].score.site) < kTolerance);
        CHECK(std::abs(scores[i].flank - naive[i].score.flank) < kTolerance);
        free.readings += naive[i].counted;
        free.differ += naive[i].differs;
        if (!reading.boundary_effects) continue;
        const auto &effect = scores[i].boundaries, &expected = naive[i].effect;
        CHECK(near(effect.gain, expected.gain));
        CHECK(near(effect.loss, expected.loss));
        CHECK(effect.gain_offset.has_value() == (effect.gain > 0));
        CHECK(effect.loss_offset.has_value() == (effect.loss > 0));
    }
    return free;
}

void add_both(genome::Reference& reference, const genome::Interval& segment,
              const genome::Replacement& replacement, std::vector<Difference>& differences,
              std::int64_t context = 1024) {
    for (const Strand strand : {Strand::forward, Strand::reverse}) {
        auto found = genome::find_difference(reference, segment, replacement, strand, context);
        if (found) differences.push_back(std::move(*found));
    }
}

// A gap after 3,000 bases, a short run of N, lower case, a repeat.
test::MemoryReference made_up() {
    std::string left = random_letters(3000, 11), right = random_letters(2600, 12);
    std::transform(right.begin() + 400, right.begin() + 700, right.begin() + 400,
                   [](char letter) { return static_cast<char>(std::tolower(letter)); });
    left.replace(1500, 30, 30, 'N');
    for (int i = 0; i < 60; ++i) right[static_cast<std::size_t>(1000 + i)] = "CA"[i % 2];
    return test::MemoryReference({{"c", left + std::string(80, 'N') + right}});
}

std::vector<Difference> made_up_differences(test::MemoryReference& reference) {
    const genome::Interval left{0, 0, 3000}, right{0, 3080, 5680};
    std::vector<Difference> differences;
    const auto add = [&](const genome::Interval& segment, std::int64_t begin, std::int64_t length,
                         const std::string& letters) {
        std::vector<Base> bases;
        for (const char letter : letters) bases.push_back(genome::encode_base(letter));
        add_both(reference, segment, {{0, begin, begin + length}, bases}, differences);
    };
    for (const char* other : {"A", "C", "G", "T"}) {
        add(left, 0, 1, other);     // first base of the contig
        add(left, 2999, 1, other);  // beside the gap
        add(right, 3080, 1, other);
        add(right, 5679, 1, other);  // last base of the contig
        add(right, 3500, 1, other);  // lower case
        add(right, 3501, 1, other);  // adjacent to another
        add(left, 1499, 1, other);   // beside a short run of N
        add(left, 128, 1, other);    // the first base of a cell
        add(left, 127, 1, other);
    }
    add(left, 0, 0, "ACGTACGT");  // before the first base, behind the last
    add(right, 5680, 0, "GATTACA");
    add(right, 4080, 2, "");  // in a repeat
    add(right, 4090, 0, "CACACA");
    add(left, 700, 200, "");  // longer than what follows in its window
    add(left, 1000, 1, random_letters(200, 13));
    add(left, 900, 40, random_letters(40, 14));
    add(left, 900, 7, "ACG");
    Random random(15, 1);
    for (int i = 0; i < 60; ++i) {
        const auto begin = static_cast<std::int64_t>(random.below(2500));
        const auto length = static_cast<std::int64_t>(random.below(6));
        add(right, 3080 + begin, length,
            random_letters(static_cast<std::int64_t>(random.below(6)),
                           static_cast<std::uint64_t>(100 + i)));
    }
    return differences;
}

std::vector<NamedModel> all_models() {
    auto list = models();
    list.push_back({"unlimited attention", unlimited_attention()});
    return list;
}

bool equal(const DirectionScore& a, const DirectionScore& b) {
    const auto same = [](float x, float y) { return x == y || (std::isnan(x) && std::isnan(y)); };
    return a.site == b.site && a.flank == b.flank && same(a.boundaries.gain, b.boundaries.gain) &&
           same(a.boundaries.loss, b.boundaries.loss) &&
           a.boundaries.gain_offset == b.boundaries.gain_offset &&
           a.boundaries.loss_offset == b.boundaries.loss_offset;
}

}  // namespace

TEST_CASE("shared prefixes score what two full passes score") {
    for (const auto& named : all_models()) {
        auto reference = made_up();
        const auto differences = made_up_differences(reference);
        const auto model = random_model(named.json, 5);
        VariantReading reading;
        reading.boundary_effects = true;
        reading.threads = 2;
        std::cout << named.name << ": "
                  << require_naive(model, reference, differences, reading, true);
        reading.suffix = 40;
        require_naive(model, reference, differences, reading, false);
        reading.suffix.reset();
        reading.boundary_effects = false;
        reading.shared_prefix = false;
        require_naive(model, reference, differences, reading, false);
    }
}

TEST_CASE("a variant's score depends on no other variant, thread count or batch") {
    for (const auto& named : all_models()) {
        auto reference = made_up();
        const auto differences = made_up_differences(reference);
        const auto model = random_model(named.json, 6);
        VariantReading reading;
        reading.boundary_effects = true;
        const auto scores = VariantScorer(model, reading).score(reference, differences);
        std::vector<std::size_t> order(differences.size());
        std::iota(order.begin(), order.end(), 0);
        std::reverse(order.begin(), order.end());
        std::rotate(order.begin(), order.begin() + 17, order.end());
        std::vector<Difference> shuffled;
        for (const std::size_t i : order) shuffled.push_back(differences[i]);
        reading.threads = 3;
        reading.batch_bases = 700;
        VariantScorer other(model, reading);
        const auto others = other.score(reference, shuffled);
        int unequal = 0;
        for (std::size_t i = 0; i < order.size(); ++i) {
            unequal += !equal(others[i], scores[order[i]]);
        }
        CHECK(unequal == 0);
        for (std::size_t i = 0; i < differences.size(); i += 7) {
            CHECK(equal(other.score(reference, {differences[i]})[0], scores[i]));
        }
    }
}

#ifdef DNA_HNET_IO
// Of each kind, the first alleles of a file that have a score; a model of few layers and windows of
// 512 bases, as the naive passes take most of the time.
TEST_CASE("shared prefixes score real variants as two full passes do") {
    DNA_HNET_REQUIRE_DATA();
    const auto reference = hts::open_reference(test::test_data() + "/human/hg38_prefix.fa.gz");
    const auto model = random_model(few_layers(), 7);
    constexpr std::size_t kEach = 200;
    for (const char* file : {"HG002_GRCh38_1_22_v4.2.1_benchmark.chr20.vcf.gz",
                             "1000G_GRCh38_chr20_2000001-2100000.vcf.gz"}) {
        tasks::VariantChecker checker(*reference, {}, 200);
        hts::VariantFile variants(test::test_data() + "/variants/" + file);
        // Substitutions, insertions, deletions, alleles of records with several.
        std::array<std::size_t, 4> kinds{};
        std::vector<Difference> differences;
        hts::VariantRecord record;
        while (variants.next(record)) {
            const auto& variant = record.variant();
            const auto checked = checker.check(variant);
            for (std::size_t i = 0; i < variant.alternatives.size(); ++i) {
                if (checked.statuses[i] != genome::AlleleStatus::ok) continue;
                const std::size_t ref = variant.ref.size(), alt = variant.alternatives[i].size();
                const std::size_t kind =
                    variant.alternatives.size() > 1 ? 3 : (ref == alt ? 0 : (ref < alt ? 1 : 2));
                if (kinds[kind] == kEach) continue;
                ++kinds[kind];
                add_both(*reference, checked.segment,
                         {checked.replaced, tasks::allele_bases(variant.alternatives[i])},
                         differences, 512);
            }
        }
        VariantReading reading;
        reading.threads = 2;
        const Free free = require_naive(model, *reference, differences, reading, true);
        std::cout << file << ": " << kinds[0] << " substitutions, " << kinds[1] << " insertions, "
                  << kinds[2] << " deletions, " << kinds[3] << " alleles of records with several; "
                  << free;
        // 1000 Genomes has substitutions alone here.
        CHECK(kinds[0] == kEach);
        const bool all_kinds = std::string(file).find("HG002") == 0;
        for (const std::size_t kind : {1, 2, 3}) CHECK(kinds[kind] == (all_kinds ? kEach : 0));
    }
}
#endif

}  // namespace dna_hnet::laws
