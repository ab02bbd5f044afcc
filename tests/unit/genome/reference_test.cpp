#include "genome/reference.hpp"

#include "support/memory_reference.hpp"
#include "support/test.hpp"

using namespace dna_hnet;
using namespace dna_hnet::genome;
using test::contains;
using test::error_of;
using test::MemoryReference;

TEST_CASE("an unknown contig names the closest one") {
    MemoryReference reference(
        {{"chr1", "ACGT"}, {"chr11", "A"}, {"chrM", "A"}, {"scaffold_17", "A"}});
    CHECK(contig_index(reference, "chr11") == 1);
    const Error error = error_of([&] { contig_index(reference, "1"); });
    CHECK(error.kind() == ErrorKind::bad_input);
    CHECK(std::string(error.what()) == "g.fa: no contig '1': the FASTA has 'chr1', not '1'");
    CHECK(contains(error_of([&] { contig_index(reference, "MT"); }).what(), "'chrM'"));
    CHECK(contains(error_of([&] { contig_index(reference, "CHR11"); }).what(), "'chr11'"));
    CHECK(
        contains(error_of([&] { contig_index(reference, "scafold_17"); }).what(), "'scaffold_17'"));
    MemoryReference plain({{"1", std::string("ACGT")}});
    CHECK(contains(error_of([&] { contig_index(plain, "chr1"); }).what(), "has '1', not 'chr1'"));

    const ContigTable table(reference);
    CHECK(table.find("chrM") == 2);
    CHECK(table.find("M") == -1);
    CHECK(contains(error_of([&] { table.index("M"); }).what(), "'chrM'"));
}

TEST_CASE("nothing outside a contig is read or clamped") {
    MemoryReference reference({{"chr1", std::string(100, 'A')}});
    CHECK(reference.fetch({0, 100, 100}).empty());
    const Error error = error_of([&] { reference.fetch({0, 89, 120}); });
    CHECK(error.kind() == ErrorKind::bad_input);
    CHECK(std::string(error.what()) == "g.fa: chr1:90-120 ends past the contig's end (100)");
    CHECK(contains(error_of([&] {
                       reference.fetch({0, -1, 5});
                   }).what(),
                   "before the contig's start"));
    CHECK(contains(error_of([&] { reference.fetch({0, 9, 5}); }).what(), "ends before it begins"));
    CHECK(contains(error_of([&] { reference.fetch({0, 500, 600}); }).what(), "begins past"));
    CHECK(contains(error_of([&] { reference.fetch({1, 0, 1}); }).what(), "contig number 1"));
}

TEST_CASE("fingerprints hold MD5s only where all are known, and compare without them too") {
    std::vector<Contig> contigs = {{"chr1", 10, ""}, {"chr2", 20, ""}};
    const std::string names_only = reference_fingerprint(contigs);
    CHECK(names_only.size() == 64);
    contigs[0].md5 = std::string(32, 'a');
    CHECK(reference_fingerprint(contigs) == names_only);
    contigs[1].md5 = std::string(32, 'b');
    const std::string with_md5s = reference_fingerprint(contigs);
    CHECK(with_md5s.size() == 129);
    CHECK(same_reference(with_md5s, names_only));
    CHECK(same_reference(with_md5s, with_md5s));
    contigs[1].md5 = std::string(32, 'c');
    CHECK_FALSE(same_reference(with_md5s, reference_fingerprint(contigs)));
    CHECK(same_reference(names_only, reference_fingerprint(contigs)));
    const std::string longer = reference_fingerprint({{"chr1", 10, ""}, {"chr2", 21, ""}});
    CHECK_FALSE(same_reference(longer, names_only));
    CHECK_FALSE(same_reference(longer, with_md5s));
    CHECK_FALSE(
        same_reference(reference_fingerprint({{"chr2", 20, ""}, {"chr1", 10, ""}}), names_only));
}

TEST_CASE("references join under labels") {
    const auto make = [](const std::string& letters, const std::string& path) {
        auto reference = std::make_unique<MemoryReference>(
            std::vector<std::pair<std::string, std::string>>{{"chr1", letters}, {"chrM", "N"}});
        reference->set_path(path);
        return reference;
    };
    std::vector<std::pair<std::string, std::unique_ptr<Reference>>> one;
    one.emplace_back("", make("ACG", "a.fa"));
    const Reference* same = one[0].second.get();
    CHECK(join_references(std::move(one)).get() == same);

    std::vector<std::pair<std::string, std::unique_ptr<Reference>>> two;
    two.emplace_back("human", make("ACG", "a.fa"));
    two.emplace_back("mouse", make("TTGCA", "b.fa"));
    const auto joined = join_references(std::move(two))->clone();
    REQUIRE(joined->contigs().size() == 4);
    CHECK(joined->contigs()[2].name == "mouse#chr1");
    CHECK(joined->contigs()[2].length == 5);
    CHECK(joined->path() == "a.fa,b.fa");
    CHECK(test::letters_of(joined->fetch({contig_index(*joined, "mouse#chr1"), 1, 4})) == "TGC");
    CHECK(contains(error_of([&] { joined->fetch({0, 0, 4}); }).what(), "human#chr1:1-4"));
    CHECK(contains(error_of([&] { contig_index(*joined, "mouse#1"); }).what(), "#chr1'"));

    std::vector<std::pair<std::string, std::unique_ptr<Reference>>> equal;
    equal.emplace_back("", make("ACG", "a.fa"));
    equal.emplace_back("", make("ACG", "b.fa"));
    CHECK(error_of([&] { join_references(std::move(equal)); }).kind() == ErrorKind::usage);
    CHECK(error_of([] { join_references({}); }).kind() == ErrorKind::usage);
}
