#include <sys/resource.h>

#include <csignal>

#include "hts/bgzf_text.hpp"
#include "unit/hts/files.hpp"

using namespace dna_hnet;
using namespace dna_hnet::hts;
using test::contains;
using test::error_of;

namespace {

std::size_t files_in(const test::TemporaryFolder& folder) {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder.path()))
        count += entry.exists();
    return count;
}

void write_bed(const std::string& target, std::int64_t longest, std::int64_t position) {
    TextWriter writer(target, TextWriter::Index::bed, longest);
    writer.write("#chrom\tstart\tend\n");
    writer.write("chr1\t10\t20\nchr1\t" + std::to_string(position) + "\t" +
                 std::to_string(position + 5) + "\n");
    writer.close();
}

}  // namespace

TEST_CASE("text is plain or bgzip by suffix, and appears only when closed") {
    test::TemporaryFolder folder;
    for (const std::string name : {"a.bed", "a.bed.gz"}) {
        {
            TextWriter writer(folder.file(name), TextWriter::Index::none);
            writer.write("given up\n");
            CHECK_FALSE(std::filesystem::exists(folder.file(name)));
        }
        CHECK(files_in(folder) == 0);
        TextWriter writer(folder.file(name), TextWriter::Index::none);
        writer.write("chr1\t0\t");
        writer.write("5\n");
        writer.close();
        writer.close();
        CHECK(error_of([&] { writer.write("more"); }).kind() == ErrorKind::run_failed);
        CHECK(files_in(folder) == 1);
        const std::string bytes = read_file(folder.file(name));
        CHECK((name == "a.bed") == (bytes == "chr1\t0\t5\n"));
        const auto records = read_bed(folder.file(name));
        REQUIRE(records.size() == 1);
        CHECK(records[0].end == 5);
        std::filesystem::remove(folder.file(name));
    }
}

TEST_CASE("a bgzip BED is indexed: tabix, or CSI for long contigs; an old index goes") {
    test::TemporaryFolder folder;
    const std::string target = folder.file("a.bed.gz");
    const std::int64_t far = 600'000'000;
    write_bed(target, 700'000'000, far);
    CHECK(std::filesystem::exists(target + ".csi"));
    CHECK_FALSE(std::filesystem::exists(target + ".tbi"));
    const bool tabix = test::has_program("tabix");
    if (tabix) {
        CHECK(test::output_of("tabix " + target + " chr1:600000003-600000004") ==
              "chr1\t600000000\t600000005\n");
    }
    write_bed(target, 1000, 500);
    CHECK(std::filesystem::exists(target + ".tbi"));
    CHECK_FALSE(std::filesystem::exists(target + ".csi"));
    CHECK(files_in(folder) == 2);
    if (tabix) CHECK(test::output_of("tabix " + target + " chr1:1-100") == "chr1\t10\t20\n");

    // No record, and text that is not compressed.
    TextWriter empty(folder.file("empty.bed.gz"), TextWriter::Index::bed);
    empty.close();
    CHECK(std::filesystem::exists(folder.file("empty.bed.gz.tbi")));
    TextWriter plain(folder.file("plain.bed"), TextWriter::Index::bed);
    plain.write("chr1\t5\t6\n");
    plain.close();
    CHECK_FALSE(std::filesystem::exists(folder.file("plain.bed.tbi")));
    if (!tabix) DNA_HNET_SKIP("tabix is not installed");
}

TEST_CASE("rows that cannot be indexed leave neither file") {
    test::TemporaryFolder folder;
    const Error unsorted = error_of([&] { write_bed(folder.file("a.bed.gz"), 1000, 5); });
    CHECK(unsorted.kind() == ErrorKind::run_failed);
    CHECK(contains(unsorted.what(), folder.file("a.bed.gz.tbi")));
    CHECK(files_in(folder) == 0);
    CHECK(error_of([&] { write_bed(folder.file("a.bed.gz"), 1000, 600'000'000); }).kind() ==
          ErrorKind::run_failed);
    CHECK(files_in(folder) == 0);
}

TEST_CASE("a full disk names the file and leaves nothing") {
    test::TemporaryFolder folder;
    for (const std::string name : {"a.bed", "a.bed.gz"}) {
        const std::string target = folder.file(name);
        CHECK(test::in_child([&] {
                  std::signal(SIGXFSZ, SIG_IGN);
                  const rlimit limit{100'000, 100'000};
                  if (setrlimit(RLIMIT_FSIZE, &limit) != 0) return 97;
                  try {
                      TextWriter writer(target, TextWriter::Index::bed);
                      unsigned state = 1;  // numbers that do not compress well
                      for (int i = 0; i < 200'000; ++i) {
                          state = state * 1664525u + 1013904223u;
                          writer.write("chr1\t" + std::to_string(i) + "\t" + std::to_string(i + 1) +
                                       "\t" + std::to_string(state) + "\n");
                      }
                      writer.close();
                      return 96;
                  } catch (const Error& error) {
                      return error.kind() == ErrorKind::run_failed && contains(error.what(), target)
                                 ? 5
                                 : 95;
                  }
              }) == 5);
        CHECK(files_in(folder) == 0);
    }
    // A device is written to as it is, never replaced.
    const Error full = error_of([] {
        TextWriter writer("/dev/full", TextWriter::Index::none);
        writer.write("x");
        writer.close();
    });
    CHECK(full.kind() == ErrorKind::run_failed);
    CHECK(contains(full.what(), "/dev/full: cannot write: No space left on device"));
    TextWriter null("/dev/null", TextWriter::Index::none);
    null.write("x");
    null.close();
    CHECK(std::filesystem::is_character_file("/dev/null"));
}

TEST_CASE("targets that cannot be written are refused at once") {
    test::TemporaryFolder folder;
    for (const std::string name : {"no-folder/a.bed", "no-folder/a.bed.gz"}) {
        const Error error =
            error_of([&] { TextWriter writer(folder.file(name), TextWriter::Index::none); });
        CHECK(error.kind() == ErrorKind::run_failed);
        CHECK(contains(error.what(), folder.file(name)));
    }
    std::filesystem::create_directory(folder.file("b.gz"));
    CHECK(contains(
        error_of([&] { TextWriter writer(folder.file("b.gz"), TextWriter::Index::none); }).what(),
        "is a folder"));
}

TEST_CASE("'-' is stdout, plain") {
    test::TemporaryFolder folder;
    const std::string path = folder.file("out");
    CHECK(test::in_child([&] {
              if (!std::freopen(path.c_str(), "w", stdout)) return 97;
              TextWriter writer("-", TextWriter::Index::bed);
              writer.write("chr1\t0\t5\n");
              writer.close();
              return 0;
          }) == 0);
    CHECK(read_file(path) == "chr1\t0\t5\n");
    CHECK(test::in_child([] {
              if (!std::freopen("/dev/full", "w", stdout)) return 97;
              try {
                  TextWriter writer("-", TextWriter::Index::none);
                  writer.write("x");
                  writer.close();
              } catch (const Error& error) {
                  return contains(error.what(), "standard output") ? 5 : 95;
              }
              return 96;
          }) == 5);
}
