#include "genome/haplotypes.hpp"

#include <algorithm>

#include "core/random.hpp"
#include "support/memory_reference.hpp"
#include "support/test.hpp"

using namespace dna_hnet;
using namespace dna_hnet::genome;
using test::letters_of;
using test::MemoryReference;

namespace {

std::vector<Base> bases_of(const std::string& letters) {
    std::vector<Base> bases;
    for (const char letter : letters) bases.push_back(encode_base(letter));
    return bases;
}

std::string turned(const std::string& letters, Strand strand) {
    std::vector<Base> bases = bases_of(letters);
    if (strand == Strand::reverse) {
        reverse_complement(bases.data(), static_cast<std::int64_t>(bases.size()));
    }
    return letters_of(bases);
}

// The definition: letter by letter over the two whole haplotypes.
struct ByDefinition {
    std::int64_t first = 0;  // from the contig's start in reading direction
    std::string r, a;
};
ByDefinition by_definition(const std::string& reference, const std::string& alternative) {
    ByDefinition found;
    const std::size_t shorter = std::min(reference.size(), alternative.size());
    std::size_t first = 0, tail = 0;
    while (first < shorter && reference[first] == alternative[first]) ++first;
    while (tail < shorter - first &&
           reference[reference.size() - 1 - tail] == alternative[alternative.size() - 1 - tail]) {
        ++tail;
    }
    found.first = static_cast<std::int64_t>(first);
    found.r = reference.substr(first, reference.size() - first - tail);
    found.a = alternative.substr(first, alternative.size() - first - tail);
    return found;
}

Difference difference_of(const std::string& letters, std::int64_t begin, std::int64_t end,
                         const std::string& alternative, Strand strand = Strand::forward,
                         std::int64_t context = 1024) {
    MemoryReference reference({{"c", letters}});
    const auto length = static_cast<std::int64_t>(letters.size());
    const auto found = find_difference(reference, {0, 0, length},
                                       {{0, begin, end}, bases_of(alternative)}, strand, context);
    REQUIRE(found);
    return *found;
}

std::string random_letters(Random& random, std::int64_t length, int alphabet) {
    std::string letters;
    for (std::int64_t i = 0; i < length; ++i) {
        letters += "ACGT"[random.below(static_cast<std::uint64_t>(alphabet))];
    }
    return letters;
}

}  // namespace

TEST_CASE("a difference is that of the whole haplotypes, however it is spelled") {
    Random random(7, 1);
    int indels = 0;
    for (int trial = 0; trial < 3000; ++trial) {
        // Two letters only: most insertions and deletions can be shifted.
        const int alphabet = trial % 3 == 0 ? 4 : 2;
        const std::string letters = random_letters(random, 40, alphabet);
        const auto begin = static_cast<std::int64_t>(random.below(40));
        const std::int64_t end =
            begin + static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(41 - begin)));
        const std::string allele =
            random_letters(random, static_cast<std::int64_t>(random.below(6)), alphabet);
        const auto part = [&](std::int64_t from, std::int64_t to) {
            return letters.substr(static_cast<std::size_t>(from),
                                  static_cast<std::size_t>(to - from));
        };
        const std::string alternative = part(0, begin) + allele + part(end, 40);
        // The same haplotype with up to three bases more on either side.
        const std::int64_t left = std::max<std::int64_t>(0, begin - trial % 4);
        const std::int64_t right = std::min<std::int64_t>(40, end + trial % 3);
        const std::string padded = part(left, begin) + allele + part(end, right);
        for (const Strand strand : {Strand::forward, Strand::reverse}) {
            MemoryReference reference({{"c", letters}});
            const auto plain = find_difference(reference, {0, 0, 40},
                                               {{0, begin, end}, bases_of(allele)}, strand, 1024);
            const auto other = find_difference(reference, {0, 0, 40},
                                               {{0, left, right}, bases_of(padded)}, strand, 1024);
            REQUIRE(plain.has_value() == (alternative != letters));
            REQUIRE(other.has_value() == plain.has_value());
            if (!plain) continue;
            const ByDefinition expected =
                by_definition(turned(letters, strand), turned(alternative, strand));
            for (const auto& found : {plain, other}) {
                CHECK(found->window == Interval{0, 0, 40});
                CHECK(found->first == expected.first);
                CHECK(found->ref_length == static_cast<std::int64_t>(expected.r.size()));
                CHECK(letters_of(found->alternative) == expected.a);
            }
            indels += expected.r.empty() || expected.a.empty();
        }
    }
    CHECK(indels > 500);
}

TEST_CASE("reading starts on a grid of 512 that leaves half a context") {
    Random random(8, 1);
    const std::string letters = random_letters(random, 10000, 4);
    const auto other = [&](std::int64_t at) {
        return std::string(1, letters[static_cast<std::size_t>(at)] == 'A' ? 'C' : 'A');
    };
    const auto window = [&](std::int64_t at, Strand strand, std::int64_t context) {
        const Difference found = difference_of(letters, at, at + 1, other(at), strand, context);
        CHECK(found.ref_length == 1);
        return std::pair(found.window, found.first);
    };
    using Found = std::pair<Interval, std::int64_t>;
    // 5000 - 512 = 4488, and the last multiple of 512 at or before it is 4096.
    CHECK(window(5000, Strand::forward, 1024) == Found{{0, 4096, 5120}, 904});
    CHECK(window(4608, Strand::forward, 1024) == Found{{0, 4096, 5120}, 512});
    CHECK(window(4607, Strand::forward, 1024) == Found{{0, 3584, 4608}, 1023});
    CHECK(window(5000, Strand::forward, 2048) == Found{{0, 3584, 5632}, 1416});
    // The contig's ends cut it; the grid stays where it is.
    CHECK(window(100, Strand::forward, 1024) == Found{{0, 0, 512}, 100});
    CHECK(window(0, Strand::forward, 1024) == Found{{0, 0, 512}, 0});
    CHECK(window(9999, Strand::forward, 1024) == Found{{0, 9216, 10000}, 783});
    // Reverse: base 4999 is number 5000 from the other end.
    CHECK(window(4999, Strand::reverse, 1024) == Found{{0, 4880, 5904}, 904});
    CHECK(window(9999, Strand::reverse, 1024) == Found{{0, 9488, 10000}, 0});
}

TEST_CASE("a window lies in one segment and holds what is taken out") {
    Random random(9, 1);
    const std::string left = random_letters(random, 3000, 4),
                      right = random_letters(random, 3000, 4);
    MemoryReference reference({{"c", left + std::string(100, 'N') + right}});
    const Interval first{0, 0, 3000}, second{0, 3100, 6100};
    const auto added = bases_of(right[0] == 'G' ? "T" : "G");
    const auto found =
        find_difference(reference, second, {{0, 3100, 3101}, added}, Strand::forward, 1024);
    REQUIRE(found);
    // 3100 - 512 = 2588, on the grid 2560: the window would end at 3584.
    CHECK(found->window == Interval{0, 3100, 3584});
    CHECK(found->first == 0);
    // Taken out: the last 200 bases before the gap. 2800 - 512 is on the grid 2048, 1,024 bases
    // further on is 3072.
    const auto deleted =
        find_difference(reference, first, {{0, 2800, 3000}, {}}, Strand::forward, 1024);
    REQUIRE(deleted);
    CHECK(deleted->window == Interval{0, 2048, 3000});
    CHECK(deleted->ref_length == 200);
    CHECK(deleted->tail() == 0);
    // Far into its window, and longer than what is left there. It stays where it is written.
    std::int64_t at = 1023;
    while (left[static_cast<std::size_t>(at)] == left[static_cast<std::size_t>(at + 200)]) --at;
    const auto longer =
        find_difference(reference, first, {{0, at, at + 200}, {}}, Strand::forward, 1024);
    REQUIRE(longer);
    CHECK(longer->first == at);
    CHECK(longer->window.begin == 0);
    CHECK(longer->window.end == longer->first + 200);
    CHECK(longer->tail() == 0);
}

TEST_CASE("lower case is the same base, and nothing differs from itself") {
    MemoryReference reference({{"c", std::string("ACGTacgtACGT")}});
    const Interval all{0, 0, 12};
    CHECK_FALSE(find_difference(reference, all, {{0, 4, 6}, bases_of("AC")}, Strand::forward, 64));
    CHECK_FALSE(find_difference(reference, all, {{0, 4, 4}, {}}, Strand::reverse, 64));
    const auto found =
        find_difference(reference, all, {{0, 4, 6}, bases_of("aT")}, Strand::reverse, 64);
    REQUIRE(found);
    CHECK(letters_of(found->alternative) == "A");
    CHECK(found->first == 6);
}
