#include "genome/genome_cache.hpp"

#include <chrono>
#include <fstream>
#include <thread>

#include "core/atomic_file.hpp"
#include "core/digest.hpp"
#include "core/random.hpp"
#include "genome/segments.hpp"
#include "support/memory_reference.hpp"
#include "support/test.hpp"

using namespace dna_hnet;
using namespace dna_hnet::genome;
using test::contains;
using test::error_of;
using test::MemoryReference;

namespace {

std::string refusal(const std::string& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary) << bytes;
    const Error error = error_of([&] { GenomeCache::open(path); });
    CHECK(error.kind() == ErrorKind::bad_input);
    CHECK(contains(error.what(), path));
    return error.what();
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    REQUIRE(from.size() == to.size());
    REQUIRE(contains(text, from));
    return text.replace(text.find(from), from.size(), to);
}

}  // namespace

TEST_CASE("a genome cache gives back what was written") {
    test::TemporaryFolder folder;
    MemoryReference reference({{"chr1", "ACGTNacgtnRy"}, {"empty", ""}, {"one", "T"}});
    const std::string path = folder.file("g.dhg");
    GenomeCache::write(reference, path);
    const auto cache = GenomeCache::open(path);
    REQUIRE(cache->contigs().size() == 3);
    CHECK(cache->contigs()[0].name == "chr1");
    CHECK(cache->contigs()[0].length == 12);
    CHECK(cache->contigs()[0].md5 == md5_hex("ACGTNACGTNNN"));
    CHECK(cache->contigs()[1].md5 == md5_hex(""));
    CHECK(test::letters_of(cache->fetch({0, 0, 12})) == "ACGTNacgtnNn");
    CHECK(test::letters_of(cache->clone()->fetch({0, 3, 6})) == "TNa");
    CHECK(cache->fetch({1, 0, 0}).empty());
    CHECK(test::letters_of(cache->fetch({2, 0, 1})) == "T");
    CHECK(cache->path() == path);
    CHECK_NOTHROW(cache->verify());
    CHECK(contains(error_of([&] { cache->fetch({2, 0, 2}); }).what(), "past the contig's end"));

    const auto copy = cache->clone();
    std::thread other([&] { copy->fetch({0, 0, 12}); });
    cache->fetch({0, 0, 12});
    other.join();
}

TEST_CASE("broken genome caches are refused") {
    test::TemporaryFolder folder;
    MemoryReference reference({{"chr1", std::string(5000, 'A')}, {"chr2", std::string(100, 'C')}});
    GenomeCache::write(reference, folder.file("g.dhg"));
    const std::string whole = read_file(folder.file("g.dhg"));
    const std::string bad = folder.file("bad.dhg");
    CHECK(contains(refusal(bad, ""), "0 bytes"));
    CHECK(contains(refusal(bad, whole.substr(0, 20)), "20 bytes"));
    CHECK(contains(refusal(bad, whole.substr(0, 60)), "a header of"));
    CHECK(contains(refusal(bad, whole.substr(0, 4096)), "file of 4096"));
    CHECK(contains(refusal(bad, whole.substr(0, whole.size() - 1)),
                   "5099 bytes of bases, expected 5100"));
    CHECK(contains(refusal(bad, whole + "x"), "5101 bytes of bases"));
    CHECK(contains(refusal(bad, "X" + whole.substr(1)), "does not begin with DNAHNETG"));
    std::string other = whole;
    other[8] = 2;
    CHECK(contains(refusal(bad, other), "version 2, expected 1"));
    CHECK(contains(refusal(bad, replaced(whole, "\"offset\":5000", "\"offset\":4999")),
                   "expected offset 5000"));
    CHECK(
        contains(refusal(bad, replaced(whole, "\"length\":5000", "\"length\":9000")), "expected"));
    CHECK(contains(refusal(bad, replaced(whole, "\"length\":100", "\"length\":-10")), "expected"));
    CHECK(contains(refusal(bad, replaced(whole, "\"chr2\"", "\"chr1\"")), "twice"));
    CHECK(contains(refusal(bad, replaced(whole, "\"md5\"", "\"md6\"")), "md5"));
    CHECK(contains(refusal(bad, replaced(whole, "{\"contigs\"", "<\"contigs\"")), "JSON"));
    CHECK(contains(error_of([&] { GenomeCache::open(folder.file("none.dhg")); }).what(),
                   "No such file"));
    CHECK(error_of([&] { GenomeCache::open(folder.path().string()); }).kind() ==
          ErrorKind::bad_input);

    // Letters are no codes: the reading tells, and the digest too.
    other = whole;
    other[4096 + 7] = 'A';
    std::ofstream(bad, std::ios::binary) << other;
    const auto cache = GenomeCache::open(bad);
    CHECK_NOTHROW(cache->fetch({0, 0, 7}));
    CHECK(contains(error_of([&] {
                       cache->fetch({0, 0, 10});
                   }).what(),
                   "byte 65 at chr1:8 is no base"));
    CHECK(contains(error_of([&] { cache->verify(); }).what(), "sha256"));
}

TEST_CASE("a full disk leaves no cache behind") {
    test::TemporaryFolder folder;
    MemoryReference reference({{"chr1", std::string(5000, 'A')}});
    fail_writes_after(4500);
    const Error error = error_of([&] { GenomeCache::write(reference, folder.file("g.dhg")); });
    fail_writes_after(-1);
    CHECK(error.kind() == ErrorKind::run_failed);
    CHECK(contains(error.what(), folder.file("g.dhg")));
    CHECK(std::filesystem::is_empty(folder.path()));
}

TEST_CASE("segments of 10 Mb come from a cache at once") {
    std::string letters(10'000'000, 'A');
    Random random(7, 1);
    for (char& letter : letters) letter = "ACGTacgtNn"[random.below(10)];
    std::fill_n(letters.begin() + 5'000'000, 1'500'000, 'N');
    test::TemporaryFolder folder;
    MemoryReference reference({{"chr1", letters}});
    GenomeCache::write(reference, folder.file("g.dhg"));
    const auto cache = GenomeCache::open(folder.file("g.dhg"));
    const auto start = std::chrono::steady_clock::now();
    const auto segments = find_segments(*cache);
    const double seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    INFO("10 Mb scanned in " << seconds << " s");
    CHECK(seconds < 3);  // 0.05 s on one core; the rest is room for loaded machines and sanitizers
    REQUIRE(segments.size() == 2);
    CHECK(total_length(segments) <= 8'500'000);
    CHECK(total_length(segments) >= 8'499'900);
}
