#include <sys/stat.h>

#include <thread>

#include "core/digest.hpp"
#include "core/random.hpp"
#include "genome/genome_cache.hpp"
#include "genome/segments.hpp"
#include "hts/indexed_fasta.hpp"
#include "support/memory_reference.hpp"
#include "unit/hts/files.hpp"

using namespace dna_hnet;
using namespace dna_hnet::hts;
using test::contains;
using test::error_of;
using test::letters_of;
using test::put;
using test::put_bgzip;

namespace {

Error refusal(const std::string& path) {
    const Error error = error_of([&] { IndexedFasta::open(path); });
    CHECK(error.kind() == ErrorKind::bad_input);
    CHECK(contains(error.what(), path));
    return error;
}

}  // namespace

TEST_CASE("plain and bgzip FASTA give the same bases; the index is built") {
    test::TemporaryFolder folder;
    Random random(5, 1);
    std::string sequence, text = ">chr1 some words\n";
    for (int i = 0; i < 200'001; ++i) sequence += "ACGTNacgtnRy"[random.below(12)];
    for (std::size_t at = 0; at < sequence.size(); at += 60) text += sequence.substr(at, 60) + "\n";
    text += ">one\nT\n>gap\nNNNN\nNNNN\n>last\nacg";
    test::MemoryReference expected(
        {{"chr1", sequence}, {"one", "T"}, {"gap", "NNNNNNNN"}, {"last", "acg"}});
    for (const std::string& path :
         {put(folder, "p.fa", text), put_bgzip(folder, "b.fa.gz", text)}) {
        const auto fasta = IndexedFasta::open(path);
        CHECK(std::filesystem::exists(path + ".fai"));
        CHECK(std::filesystem::exists(path + ".gzi") == path.ends_with(".gz"));
        REQUIRE(fasta->contigs().size() == 4);
        CHECK(fasta->path() == path);
        for (std::int64_t contig = 0; contig < 4; ++contig) {
            const auto& found = fasta->contigs()[static_cast<std::size_t>(contig)];
            CHECK(found.name == expected.contigs()[static_cast<std::size_t>(contig)].name);
            CHECK(found.length == expected.contigs()[static_cast<std::size_t>(contig)].length);
            CHECK(found.md5.empty());
            CHECK(fasta->fetch({contig, 0, found.length}) ==
                  expected.fetch({contig, 0, found.length}));
        }
        for (int round = 0; round < 200; ++round) {
            const auto begin = static_cast<std::int64_t>(random.below(200'001));
            const auto end = begin + static_cast<std::int64_t>(
                                         random.below(static_cast<std::uint64_t>(200'002 - begin)));
            REQUIRE(fasta->fetch({0, begin, end}) == expected.fetch({0, begin, end}));
        }
        CHECK(contains(error_of([&] {
                           fasta->fetch({1, 0, 2});
                       }).what(),
                       "one:1-2 ends past the contig's end (1)"));
        CHECK(genome::find_segments(*fasta, 2) == std::vector<genome::Interval>{{2, 0, 8}});
        CHECK(genome::find_segments(*fasta, 1) == std::vector<genome::Interval>{{1, 0, 1}});

        // Clones read at the same time.
        const auto clone = fasta->clone();
        std::vector<genome::Base> other;
        std::thread thread([&] {
            for (int i = 0; i < 50; ++i) other = clone->fetch({0, 1000, 150'000});
        });
        for (int i = 0; i < 50; ++i) fasta->fetch({0, 50'000, 200'000});
        thread.join();
        CHECK(other == expected.fetch({0, 1000, 150'000}));

        genome::GenomeCache::write(*fasta, folder.file("g.dhg"));
        const auto cache = open_reference(folder.file("g.dhg"));
        CHECK(cache->fetch({0, 0, 200'001}) == expected.fetch({0, 0, 200'001}));
        CHECK(open_reference(path)->contigs().size() == 4);
    }
}

TEST_CASE("MD5s come from the .dict where name and length agree") {
    test::TemporaryFolder folder;
    const std::string fasta = put_bgzip(folder, "g.fa.gz", ">a\nACGT\n>b\nAC\n>c\nA\n");
    put(folder, "g.dict",
        "@HD\tVN:1.6\n@SQ\tSN:a\tLN:4\tM5:" + md5_hex("ACGT") + "\r\n@SQ\tSN:b\tLN:3\tM5:" +
            md5_hex("ACG") + "\n@SQ\tLN:1\tSN:c\tM5:7FC56270E7A70FA81A5935B72EACBE29\n");
    const auto contigs = IndexedFasta::open(fasta)->contigs();
    CHECK(contigs[0].md5 == md5_hex("ACGT"));
    CHECK(contigs[1].md5.empty());
    CHECK(contigs[2].md5 == md5_hex("A"));
}

TEST_CASE("plain gzip says how to recompress") {
    DNA_HNET_REQUIRE_PROGRAM("gzip");
    test::TemporaryFolder folder;
    const std::string plain = put(folder, "g.fa", ">a\nACGT\n");
    test::output_of("gzip " + plain);
    const Error error = refusal(plain + ".gz");
    CHECK(contains(error.what(), "plain gzip"));
    CHECK(contains(error.hint(), "gunzip -c " + plain + ".gz | bgzip > "));
    CHECK_FALSE(std::filesystem::exists(plain + ".gz.fai"));
}

TEST_CASE("files that are no reference are refused, and leave no index") {
    test::TemporaryFolder folder;
    CHECK(contains(refusal(folder.file("none.fa")).what(), "No such file or directory"));
    CHECK(contains(refusal(put(folder, "empty.fa", "")).what(), "no FASTA record"));
    CHECK(contains(refusal(put(folder, "blank.fa", "\n\n")).what(), "no FASTA record"));
    CHECK(contains(refusal(put_bgzip(folder, "empty.fa.gz", "")).what(), "no FASTA record"));
    CHECK(contains(refusal(put(folder, "text.fa", "hello\n")).what(), ":1: begins with 'h'"));
    CHECK(contains(refusal(put(folder, "fastq.fa", "@r\nACGT\n+\nIIII\n")).what(),
                   ":1: begins with '@'"));
    CHECK(contains(refusal(put(folder, "twice.fa", ">a\nA\n>a x\nC\n")).what(),
                   ":3: the name 'a' stands twice"));
    CHECK(contains(refusal(put(folder, "noname.fa", "> a\nA\n")).what(),
                   ":1: a record without a name"));
    CHECK(
        contains(refusal(put(folder, "nobases.fa", ">a\n>b\nA\n")).what(), ":1: 'a' has no bases"));
    CHECK(contains(refusal(put(folder, "lastnobases.fa", ">b\nA\n>a\n\n")).what(),
                   ":3: 'a' has no bases"));
    CHECK(contains(refusal(put(folder, "ragged.fa", ">a\nACG\nAC\nACG\n")).what(),
                   ":4: 'a' goes on"));
    CHECK(contains(refusal(put(folder, "long.fa", ">a\nACG\nACGT\n")).what(),
                   ":3: 'a' has a line of 4"));
    CHECK(contains(refusal(put(folder, "mixed.fa", ">a\r\nACG\r\nACG\nACG\r\n")).what(),
                   "cannot build its index"));
    CHECK(contains(refusal(put(folder, "rna.fa", ">a\nACG\nACU\n")).what(),
                   "a:6: byte 'U' (0x55) is no IUPAC"));
    CHECK(contains(refusal(put(folder, "utf.fa", ">a\nAC\xC3\xA9\n")).what(), "a:3: byte (0xc3)"));
    for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
        CHECK_FALSE(contains(entry.path().string(), ".fai"));
        CHECK_FALSE(contains(entry.path().string(), ".tmp"));
    }

    const std::string whole = put_bgzip(folder, "t.fa.gz", ">a\n" + std::string(100, 'A') + "\n");
    IndexedFasta::open(whole);
    const std::string bytes = read_file(whole);
    put(folder, "t.fa.gz", bytes.substr(0, bytes.size() - 28));
    CHECK(contains(refusal(whole).what(), "truncated: the BGZF end-of-file block is missing"));
}

TEST_CASE("bytes that are not IUPAC are found behind a ready index too") {
    test::TemporaryFolder folder;
    const std::string path = put(folder, "g.fa", ">a\nACGT\n>b\nACGTACGT\nACGT\n");
    IndexedFasta::open(path);
    put(folder, "g.fa", ">a\nACGT\n>b\nACGTACGT\nAC*T\n");
    const auto fasta = IndexedFasta::open(path);
    CHECK(letters_of(fasta->fetch({1, 0, 10})) == "ACGTACGTAC");
    const Error error = error_of([&] { fasta->fetch({1, 6, 12}); });
    CHECK(error.kind() == ErrorKind::bad_input);
    CHECK(std::string(error.what()) ==
          path + ": b:11: byte '*' (0x2a) is no IUPAC nucleotide code");
}

TEST_CASE("an index of another file is an error, not other bases") {
    test::TemporaryFolder folder;
    const std::string path = put(folder, "g.fa", ">a\nACGTACGT\n");
    put(folder, "g.fa.fai", "a\t80\t3\t8\t9\n");
    const auto fasta = IndexedFasta::open(path);
    const Error error = error_of([&] { fasta->fetch({0, 0, 80}); });
    CHECK(error.kind() == ErrorKind::bad_input);
    CHECK(contains(error.hint(), "samtools faidx " + path));
    put(folder, "g.fa.fai", "a\tx\t3\t8\t9\n");
    CHECK(contains(error_of([&] { IndexedFasta::open(path); }).what(), "g.fa.fai:1: expected"));
    put(folder, "g.fa.fai", "");
    CHECK(contains(refusal(path).what(), "no FASTA record"));
}

TEST_CASE("a folder that cannot be written names the command") {
    test::TemporaryFolder folder;
    const std::string path = put(folder, "g.fa", ">a\nACGT\n");
    REQUIRE(chmod(path.c_str(), 0644) == 0);
    REQUIRE(chmod(folder.path().c_str(), 0555) == 0);
    const int status = test::in_child([&] {
        // The superuser may write anywhere: another user asks.
        if (getuid() == 0 && setuid(65534) != 0) return 97;
        try {
            IndexedFasta::open(path);
        } catch (const Error& error) {
            return error.kind() == ErrorKind::bad_input && contains(error.what(), path) &&
                           contains(error.what(), "Permission denied") &&
                           contains(error.hint(), "samtools faidx " + path)
                       ? 5
                       : 95;
        }
        return 96;
    });
    chmod(folder.path().c_str(), 0755);
    CHECK(status == 5);
}
