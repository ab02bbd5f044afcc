#include "tasks/merge.hpp"

#include <fmt/format.h>

#include <filesystem>

#include "core/atomic_file.hpp"
#include "hts/bgzf_text.hpp"
#include "support/memory_reference.hpp"
#include "support/test.hpp"
#include "tasks/boundary_files.hpp"

using namespace dna_hnet;

namespace {

constexpr const char* kCounts = "stage\tstrand\tclass\tbases\tforced\tbases_in_chunks\tlengths\n";
constexpr const char* kBlocks =
    "split\tclass\tstrand\tcontig\tblock\tmodel\tscored_bases\tskipped_bases\tbits_units\n";

struct Folder {
    test::TemporaryFolder folder;
    tasks::MergeRequest request;

    Folder() { request.provenance.enabled = false; }
    void put(const std::string& name, const std::string& text) {
        write_file_atomically(folder.file(name), text);
        request.inputs.push_back(folder.file(name));
    }
    // What merge writes, by a name.
    std::string merged(const std::string& name) {
        request.output = folder.file(name);
        tasks::merge(request);
        std::string text;
        hts::for_each_line(request.output,
                           [&](std::string_view line) { text += std::string(line) + '\n'; });
        return text;
    }
    Error error() {
        const Error error = test::error_of([&] { merged("out"); });
        CHECK(!std::filesystem::exists(folder.file("out")));
        return error;
    }
};

std::string chunk(const std::string& contig, std::int64_t begin, std::int64_t end) {
    return tasks::chunk_line(contig, {{0, begin, end}, 0.75F, end - begin, false}, 0,
                             genome::Strand::forward) +
           '\n';
}

}  // namespace

TEST_CASE("chunks of jobs are sorted by contig name and start") {
    Folder jobs;
    jobs.put("a", tasks::kChunkHeader + chunk("chr10", 0, 5) + chunk("chr2", 5, 9));
    jobs.put("b", tasks::kChunkHeader + chunk("chr1", 2, 3) + chunk("chr2", 0, 5));
    jobs.put("empty", tasks::kChunkHeader);
    CHECK(jobs.merged("x.bed.gz") == tasks::kChunkHeader + chunk("chr1", 2, 3) +
                                         chunk("chr10", 0, 5) + chunk("chr2", 0, 5) +
                                         chunk("chr2", 5, 9));
    CHECK(std::filesystem::exists(jobs.folder.file("x.bed.gz.tbi")));
}

TEST_CASE("chunks that overlap name both places") {
    Folder jobs;
    jobs.put("a", tasks::kChunkHeader + chunk("chr1", 0, 5));
    jobs.put("b", tasks::kChunkHeader + chunk("chr1", 4, 9));
    const Error error = jobs.error();
    CHECK(error.kind() == ErrorKind::bad_input);
    CHECK(test::contains(error.what(), "b:2: chr1:5-9 overlaps chr1:1-5"));
    CHECK(test::contains(error.what(), "a:2"));
}

TEST_CASE("touching intervals of two jobs are one, and gaps against the reference are found") {
    test::MemoryReference reference({{"chr2", std::string(40, 'A')},
                                     {"chr1", std::string(30, 'C') + std::string(60, 'N') + "G"}});
    Folder jobs;
    jobs.put("a", "chr1\t0\t10\nchr1\t90\t91\n");
    jobs.put("b", "chr1\t10\t30\nchr2\t0\t40\n");
    jobs.request.reference = &reference;
    CHECK(jobs.merged("x.bed") == "chr1\t0\t30\nchr1\t90\t91\nchr2\t0\t40\n");
    jobs.request.inputs.pop_back();
    const Error error = jobs.error();
    CHECK(error.kind() == ErrorKind::bad_input);
    CHECK(test::contains(error.what(), "have read chr1:1-10, expected chr1:1-30"));
    jobs.request.regions = std::vector<genome::Interval>{{1, 0, 10}, {1, 60, 91}};
    CHECK(jobs.merged("y.bed") == "chr1\t0\t10\nchr1\t90\t91\n");
}

TEST_CASE("sums of chunks are added; a class that one job knows is known") {
    Folder jobs;
    jobs.put("a", std::string(kCounts) + "0\tforward\tall\t10\t1\t10\t2:3,4:1\n" +
                      "0\tforward\tunique\tNA\tNA\tNA\tNA\n");
    jobs.put("b", std::string(kCounts) + "0\tforward\tall\t6\t1\t6\t1:2,4:1\n" +
                      "0\tforward\tunique\t5\t0\t0\t.\n");
    jobs.request.sums = jobs.folder.file("sums");
    const std::string summary = jobs.merged("x.tsv");
    CHECK(read_file(jobs.request.sums) == std::string(kCounts) +
                                              "0\tforward\tall\t16\t2\t16\t1:2,2:3,4:2\n" +
                                              "0\tforward\tunique\t5\t0\t0\t.\n");
    CHECK(test::contains(summary,
                         "0\tforward\tall\t16\t7\t2\t0.437500\t2.286\t2.286\t1\t1\t1\t2\t4"));
    CHECK(test::contains(summary, "0\tforward\tunique\t5\t0\t0\t0.000000\tNA"));
}

TEST_CASE("sums of blocks give the summary of one run") {
    Folder jobs;
    const auto row = [](const char* contig, int block, const char* model, int scored, int bits) {
        return fmt::format("all\tall\tboth\t{}\t{}\t{}\t{}\t0\t{}\n", contig, block, model, scored,
                           static_cast<std::int64_t>(bits) << 24);
    };
    jobs.put("a", kBlocks + row("c1", 0, "dna-hnet", 10, 15) + row("c1", 0, "order2", 10, 20) +
                      row("c1", 1, "dna-hnet", 4, 8) + row("c1", 1, "order2", 4, 8));
    jobs.put("b", kBlocks + row("c1", 0, "dna-hnet", 10, 25) + row("c1", 0, "order2", 10, 20));
    const std::string summary = jobs.merged("x.tsv");
    CHECK(test::contains(
        summary, "all\tall\tboth\tdna-hnet\t24\t0\t2.000000\t2.000000\t2.000000\t0.000000"));
    CHECK(test::contains(summary, "all\tall\tboth\torder2\t24\t0\t2.000000"));
    jobs.put("c", kBlocks + row("c1", 0, "dna-hnet", 99990, 9) + row("c1", 0, "order2", 99990, 9));
    CHECK(test::contains(jobs.error().what(), "have read 100010 bases, expected 100000"));
}

TEST_CASE("damaged tables of sums are refused with their place") {
    const std::pair<std::string, std::string> cases[] = {
        {std::string(kCounts) + "0\tforward\tall\tx\t1\t10\t2:3\n", ":2: bases: got 'x'"},
        {std::string(kCounts) + "0\tforward\tall\t5\t1\t10\t2-3\n", "expected LENGTH:CHUNKS"},
        {std::string(kCounts) + "0\tforward\n", ":2: got 2 columns, expected 7"},
        {std::string(kBlocks) + "all\tall\tboth\tc\t0\tm\t1\t0\tx\n", "bits_units"},
        {"a\tb\n", "a file of another kind"},
        {"", "a file of another kind"},
    };
    for (const auto& [text, message] : cases) {
        INFO(text);
        Folder jobs;
        jobs.put("a", text);
        const Error error = jobs.error();
        CHECK(error.kind() == ErrorKind::bad_input);
        CHECK(test::contains(error.what(), message));
    }
}
