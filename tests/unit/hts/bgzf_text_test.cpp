#include "hts/bgzf_text.hpp"

#include "support/memory_reference.hpp"
#include "unit/hts/files.hpp"

using namespace dna_hnet;
using namespace dna_hnet::hts;
using test::contains;
using test::error_of;
using test::put;
using test::put_bgzip;

namespace {

std::vector<std::string> lines_of(const std::string& path) {
    std::vector<std::string> lines;
    for_each_line(path, [&](std::string_view line) { lines.emplace_back(line); });
    return lines;
}

std::string many_lines(int count) {
    std::string text;
    for (int i = 0; i < count; ++i) text += std::to_string(i * 7919 % 100003) + "\n";
    return text;
}

}  // namespace

TEST_CASE("lines come from plain, gzip and bgzip text") {
    test::TemporaryFolder folder;
    const std::string text = "a\r\n\nlast";
    const std::vector<std::string> expected = {"a", "", "last"};
    const std::string plain = put(folder, "a.txt", text);
    CHECK(lines_of(plain) == expected);
    CHECK(lines_of(put_bgzip(folder, "b.gz", text)) == expected);
    CHECK(lines_of(put(folder, "empty", "")).empty());
    CHECK(lines_of(put_bgzip(folder, "empty.gz", "")).empty());
    DNA_HNET_REQUIRE_PROGRAM("gzip");
    test::output_of("gzip -c " + plain + " > " + folder.file("g.gz"));
    CHECK(lines_of(folder.file("g.gz")) == expected);
}

TEST_CASE("the lines of an indexed BED that touch an interval") {
    test::TemporaryFolder folder;
    const std::string path = folder.file("x.bed.gz");
    TextWriter writer(path, TextWriter::Index::bed, 1000000);
    writer.write("#comment\n");
    for (int i = 0; i < 20000; ++i) {
        writer.write("chr1\t" + std::to_string(10 * i) + "\t" + std::to_string(10 * i + 10) + "\n");
    }
    writer.write("chr2\t0\t5\n");
    writer.close();
    const auto lines_in = [&](const std::string& contig, std::int64_t begin, std::int64_t end) {
        std::vector<std::string> lines;
        for_each_line_in(path, contig, begin, end,
                         [&](std::string_view line) { lines.emplace_back(line); });
        return lines;
    };
    CHECK(lines_in("chr1", 150005, 150011) ==
          std::vector<std::string>{"chr1\t150000\t150010", "chr1\t150010\t150020"});
    CHECK(lines_in("chr1", 10, 20) == std::vector<std::string>{"chr1\t10\t20"});
    CHECK(lines_in("chr2", 0, 100) == std::vector<std::string>{"chr2\t0\t5"});
    CHECK(lines_in("chr1", 0, 200000).size() == 20000);
    CHECK(lines_in("chr2", 5, 100).empty());
    CHECK(lines_in("chr3", 0, 100).empty());

    std::filesystem::rename(path + ".tbi", folder.file("away"));
    CHECK(contains(error_of([&] { lines_in("chr1", 0, 1); }).what(), "no index"));
    put(folder, "x.bed.gz.tbi", "not an index");
    const Error error = error_of([&] { lines_in("chr1", 0, 1); });
    CHECK(error.kind() == ErrorKind::bad_input);
    CHECK(contains(error.what(), "damaged"));
}

TEST_CASE("missing and truncated files are refused, wherever the cut is") {
    test::TemporaryFolder folder;
    CHECK(contains(error_of([&] { lines_of(folder.file("none")); }).what(),
                   "No such file or directory"));
    CHECK(error_of([&] { lines_of(folder.path().string()); }).kind() == ErrorKind::bad_input);

    const std::string text = many_lines(60000);
    const std::string plain = put(folder, "a.txt", text);
    const std::string bgzip = read_file(put_bgzip(folder, "b.gz", text));
    REQUIRE(lines_of(folder.file("b.gz")).size() == 60000);
    // Without the end-of-file block: the text is whole, yet nothing says so.
    for (const std::size_t cut : {28UL, 29UL, 40UL, 5000UL, bgzip.size() / 2, bgzip.size() - 30}) {
        const std::string path = put(folder, "cut.gz", bgzip.substr(0, bgzip.size() - cut));
        INFO("cut " << cut);
        const Error error = error_of([&] { lines_of(path); });
        CHECK(error.kind() == ErrorKind::bad_input);
        CHECK(contains(error.what(), path));
        CHECK(contains(error.what(), "truncated"));
    }
    // A hole in the middle, the end-of-file block in place.
    std::string hole = bgzip;
    hole.erase(hole.size() / 2, 3000);
    CHECK(contains(error_of([&] { lines_of(put(folder, "hole.gz", hole)); }).what(), "damaged"));

    DNA_HNET_REQUIRE_PROGRAM("gzip");
    const std::string gzip = test::output_of("gzip -c " + plain);
    for (const std::size_t cut : {1UL, 8UL, 100UL, gzip.size() / 2}) {
        const std::string path = put(folder, "cut.gz", gzip.substr(0, gzip.size() - cut));
        INFO("cut " << cut);
        CHECK(
            contains(error_of([&] { lines_of(path); }).what(), "truncated or damaged after line"));
    }
}

TEST_CASE("lines come from stdin, and a truncated pipe is noticed") {
    test::TemporaryFolder folder;
    const std::string whole = put_bgzip(folder, "b.gz", "1\n2\n3\n");
    const std::string bytes = read_file(whole);
    const std::string cut = put(folder, "cut.gz", bytes.substr(0, bytes.size() - 28));
    for (const auto& [path, expected] : {std::pair(whole, 3), std::pair(cut, 77)}) {
        CHECK(test::in_child([&path = path] {
                  // A pipe, so that the end cannot be looked up beforehand.
                  std::FILE* pipe = popen(("cat " + path).c_str(), "r");
                  dup2(fileno(pipe), 0);
                  try {
                      return static_cast<int>(lines_of("-").size());
                  } catch (const Error& error) {
                      return contains(error.what(), "end-of-file block is missing") ? 77 : 98;
                  }
              }) == expected);
    }
}

TEST_CASE("BED files give records and intervals, errors name file and line") {
    test::TemporaryFolder folder;
    test::MemoryReference reference(
        {{"chr1", std::string(100, 'A')}, {"chr2", std::string(50, 'C')}});
    const std::string text = "#chrom\tstart\tend\nchr2\t5\t10\tx\r\nchr1\t0\t100\ty\n";
    for (const std::string& path :
         {put(folder, "r.bed", text), put_bgzip(folder, "r.bed.gz", text)}) {
        const auto records = read_bed(path);
        REQUIRE(records.size() == 2);
        CHECK(records[0].name == "x");
        CHECK(records[1].line == 3);
        CHECK(read_bed_intervals(path, reference) ==
              std::vector<genome::Interval>{{1, 5, 10}, {0, 0, 100}});
    }
    const std::string bad = put(folder, "bad.bed", "chr1\t0\t1\nchr2\t0\t51\n");
    CHECK(contains(error_of([&] { read_bed_intervals(bad, reference); }).what(),
                   bad + ":2: end 51 is past the end of chr2 (50)"));
    const std::string unknown = put(folder, "unknown.bed", "1\t0\t1\n");
    CHECK(contains(error_of([&] { read_bed_intervals(unknown, reference); }).what(),
                   unknown + ":1: g.fa: no contig '1': the FASTA has 'chr1', not '1'"));
}
