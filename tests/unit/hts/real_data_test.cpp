#include <chrono>

#include "core/random.hpp"
#include "genome/genome_cache.hpp"
#include "genome/segments.hpp"
#include "genome/splits.hpp"
#include "hts/indexed_fasta.hpp"
#include "support/memory_reference.hpp"
#include "unit/hts/files.hpp"

using namespace dna_hnet;
using namespace dna_hnet::hts;
using genome::Interval;

namespace {

std::string prefix_fasta() {
    return test::test_data() + "/human/hg38_prefix.fa.gz";
}

struct Counts {
    std::int64_t acgt = 0, soft_masked = 0;
    bool operator==(const Counts&) const = default;
};

Counts count_bases(genome::Reference& reference, std::int64_t contig) {
    Counts counts;
    for (const genome::Base base : reference.fetch(
             {contig, 0, reference.contigs()[static_cast<std::size_t>(contig)].length})) {
        counts.acgt += genome::is_acgt(base);
        counts.soft_masked += genome::is_soft_masked(base);
    }
    return counts;
}

}  // namespace

TEST_CASE("the bases of the GRCh38 prefix are those that its table states") {
    DNA_HNET_REQUIRE_DATA();
    const auto reference = open_reference(prefix_fasta());
    REQUIRE(reference->contigs().size() == 10);
    const auto number = [&](const char* name) { return genome::contig_index(*reference, name); };
    CHECK(reference->contigs()[0].md5 == "09153342aac1ad804de8d186ba072e1d");
    CHECK(count_bases(*reference, number("chr2")).acgt == 2'323'275);
    CHECK(count_bases(*reference, number("chr2")).soft_masked > 500'000);
    CHECK(count_bases(*reference, number("chr19")) == Counts{2'318'552, 0});
    // The complete rCRS has one N, at 3107.
    CHECK(count_bases(*reference, number("chrM")) == Counts{16'568, 0});
    CHECK(test::letters_of(reference->fetch(parse_region(*reference, "chrM:3106-3108").interval)) ==
          "CNT");
    // A single N is no gap; the first 5 Mb of chr21 are (the telomere's first 10 kb on chr2).
    CHECK(genome::find_segments(*reference, number("chrM")) ==
          std::vector<Interval>{{number("chrM"), 0, 16'569}});
    const auto chr21 = genome::find_segments(*reference, number("chr21"));
    REQUIRE_FALSE(chr21.empty());
    CHECK(chr21[0].begin > 5'000'000);
    CHECK(genome::find_segments(*reference, number("chr2")) ==
          std::vector<Interval>{{number("chr2"), 10'000, 2'333'275}});
}

TEST_CASE("bases equal those that samtools reads, and MD5s those of the .dict") {
    DNA_HNET_REQUIRE_DATA();
    const auto reference = open_reference(prefix_fasta());
    test::TemporaryFolder folder;
    const std::string chr_m = folder.file("m.dhg");
    {
        // The cache's MD5s against those of the sequence dictionary: chrM has no letter other than
        // ACGTN.
        const std::string fasta = test::test_data() + "/genomes/human_chrM.rCRS.NC_012920.1.fa.gz";
        genome::GenomeCache::write(*open_reference(fasta), chr_m);
        const auto cache = open_reference(chr_m);
        const auto number = genome::contig_index(*reference, "chrM");
        CHECK(cache->contigs()[0].md5 ==
              reference->contigs()[static_cast<std::size_t>(number)].md5);
    }
    DNA_HNET_REQUIRE_PROGRAM("samtools");
    Random random(11, 1);
    for (int round = 0; round < 12; ++round) {
        const auto contig = static_cast<std::int64_t>(random.below(reference->contigs().size()));
        const auto length = reference->contigs()[static_cast<std::size_t>(contig)].length;
        const auto begin =
            static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(length)));
        const Interval interval{contig, begin, std::min(length, begin + 200'000)};
        std::string expected;
        for (const char letter :
             test::output_of("samtools faidx " + prefix_fasta() + " " +
                             genome::region_text(*reference, interval) + " | tail -n +2")) {
            if (letter != '\n') expected += letter;
        }
        INFO(genome::region_text(*reference, interval));
        REQUIRE(test::letters_of(reference->fetch(interval)) == expected);
    }
}

TEST_CASE("a megabase is fetched at once") {
    DNA_HNET_REQUIRE_DATA();
    const auto reference = open_reference(prefix_fasta());
    const auto start = std::chrono::steady_clock::now();
    reference->fetch({0, 5'000'000, 6'000'000});
    const double seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    INFO("1 Mb in " << seconds << " s");
    CHECK(seconds < 1);  // 0.02 s on one core; the rest is room for loaded machines and sanitizers
}

TEST_CASE("published intervals past the prefix are counted and skipped") {
    DNA_HNET_REQUIRE_DATA();
    const auto reference = open_reference(prefix_fasta());
    genome::SplitOptions options;
    options.bed_place = test::test_data() + "/intervals/akita_hg38_sequences.bed.gz";
    options.bed = read_bed(options.bed_place);
    REQUIRE(options.bed.size() == 7840);
    const genome::SplitResult result = genome::make_splits(*reference, options);
    CHECK(result.skipped.without_contig == 5388);
    CHECK(result.skipped.past_end == 2350);  // 102 end inside the prefix, all of them train
    CHECK_FALSE(result.table.train.empty());
    CHECK(result.table.valid.empty());
    CHECK(result.table.test.empty());

    genome::SplitOptions named;
    named.valid_contigs = {"chr20"};
    named.test_contigs = {"chr17", "chr21"};
    const auto split = genome::make_splits(*reference, named).table;
    CHECK(split.train.size() == 7);
    CHECK(genome::total_length(split.valid) == 10'000'000);
    CHECK(genome::total_length(split.test) == 17'843'138);
}
