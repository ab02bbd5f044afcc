#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <thread>

#include "unit/hts/variants.hpp"

using namespace dna_hnet;
using namespace dna_hnet::hts;
using test::contains;
using test::error_of;
using test::files_in;
using test::index_of;
using test::put;
using test::records_of;
using test::vcf;

namespace {

// Text that does not compress well, of `count` records.
std::string many_records(int count) {
    std::string lines;
    unsigned state = 1;
    for (int i = 1; i <= count; ++i) {
        state = state * 1664525u + 1013904223u;
        lines += fmt::format("chr1\t{}\tid{}\tA\tC\t.\t.\tDP={}\n", i, state, state >> 8);
    }
    return lines;
}

}  // namespace

TEST_CASE("VCF.gz and BCF are indexed; an index of an older file goes") {
    test::TemporaryFolder folder;
    const std::string near =
        "chr1\t0\t.\tG\tT\t.\t.\t.\nchr1\t5\t.\tA\tC\t.\t.\t.\nchr2\t900\t.\tA\tC\t.\t.\tEND=910\n";
    const std::string far = "chr2\t600000000\t.\tA\tC\t.\t.\t.\n";
    const std::string target = folder.file("b");
    const auto write = [&](const std::string& text, char type, AtomicGroup* group = nullptr) {
        test::convert(put(folder, "a.vcf", text), target, type, group);
        return index_of(target);
    };
    const bool tools = test::has_program("bcftools");
    const auto check = [&](const std::string& region, const std::string& expected) {
        if (!tools) return;
        CHECK(test::output_of("bcftools view -H " + target + " " + region + " 2>/dev/null") ==
              expected);
    };
    const std::string second = near.substr(near.find("chr2"));
    const std::string long_contig =
        "##fileformat=VCFv4.2\n##contig=<ID=chr1,length=600000000>\n" + test::kVcfColumns + '\n';
    CHECK(write(vcf(near), 'z') == "tbi");
    check("chr2:905-1000", second);
    CHECK(write(long_contig + near.substr(0, near.find("chr2")), 'z') == "csi");
    check("chr1:5-", "chr1\t5\t.\tA\tC\t.\t.\t.\n");  // POS 0 lies in no region
    CHECK(write(vcf(near), 'b') == "csi");
    check("chr2:905-1000", second);
    CHECK(write(vcf(near), 'z') == "tbi");
    // A place that tabix cannot hold, on a contig without a length, and past a contig's length.
    for (const char type : {'z', 'b'}) {
        CHECK(write(vcf(near + far), type) == "csi");
        check("chr2:1000-", far);
        std::string past = far;
        past[3] = '1';
        CHECK(write(vcf(past + second), type) == "csi");
        check("chr1:1000-", past);
        CHECK(write(vcf(""), type) == (type == 'z' ? "tbi" : "csi"));
        check("chr1", "");
    }
    for (const char type : {'u', 'v'}) {
        write(vcf(near), 'z');
        CHECK(write(vcf(near), type) == "none");
    }
    CHECK(files_in(folder) == 2);
    {
        write(vcf(near), 'z');
        AtomicGroup group;
        CHECK(write(vcf(near + far), 'b', &group) == "tbi");
        CHECK(records_of(target) == near);
        group.commit();
        CHECK(index_of(target) == "csi");
    }
    CHECK(files_in(folder) == 3);
    write(vcf(near), 'z');
    {
        AtomicGroup group;
        write(vcf(far), 'b', &group);
    }
    CHECK(index_of(target) == "tbi");
    CHECK(files_in(folder) == 3);
    if (!tools) DNA_HNET_SKIP("bcftools is not installed: the indexes are not searched");
}

TEST_CASE("a writer that is given up leaves nothing") {
    test::TemporaryFolder folder;
    const std::string input = put(folder, "a.vcf", test::kVcfText);
    for (const char type : {'z', 'b', 'u', 'v'}) {
        {
            VariantFile file(input);
            VariantWriter writer(file, {folder.file("b"), type}, {}, {}, true);
            VariantRecord record;
            REQUIRE(file.next(record));
            writer.write(record, {});
        }
        CHECK(files_in(folder) == 1);
    }
    VariantFile file(input);
    VariantWriter writer(file, {folder.file("b"), 'z'}, {}, {}, true);
    writer.close();
    writer.close();
    VariantRecord record;
    REQUIRE(file.next(record));
    CHECK(error_of([&] { writer.write(record, {}); }).kind() == ErrorKind::run_failed);
    CHECK(contains(error_of([&] {
                       VariantWriter(file, {folder.file("none/b"), 'z'}, {}, {}, true);
                   }).what(),
                   "none/b: cannot write: there is no folder"));
    CHECK(contains(error_of([&] {
                       VariantWriter(file, {folder.path().string(), 'b'}, {}, {}, true);
                   }).what(),
                   "is a folder"));
    AtomicGroup group;
    VariantWriter first(file, {folder.file("c"), 'z'}, {}, {}, true, &group);
    CHECK(error_of([&] {
              VariantWriter(file, {folder.file("c"), 'v'}, {}, {}, true, &group);
          }).kind() == ErrorKind::usage);
}

TEST_CASE("a full disk names the target and leaves nothing of it") {
    test::TemporaryFolder folder;
    const std::string input = put(folder, "a.vcf", vcf(many_records(60'000)));
    for (const char type : {'z', 'b', 'u', 'v'}) {
        INFO(type);
        const std::string target = folder.file("b");
        const auto status = [&](rlim_t bytes, const std::string& from) {
            return test::in_child([&] {
                std::signal(SIGXFSZ, SIG_IGN);
                const rlimit limit{bytes, bytes};
                if (setrlimit(RLIMIT_FSIZE, &limit) != 0) return 97;
                try {
                    test::convert(from, target, type);
                    return 96;
                } catch (const Error& error) {
                    return error.kind() == ErrorKind::run_failed &&
                                   contains(error.what(), target) &&
                                   contains(error.what(), ": cannot write: File too large")
                               ? 5
                               : 95;
                }
            });
        };
        CHECK(status(100'000, input) == 5);
        CHECK(files_in(folder) == 1);
        // So small that the buffers are first written when the file is closed.
        CHECK(status(10, put(folder, "a2.vcf", test::kVcfText)) == 5);
        std::filesystem::remove(folder.file("a2.vcf"));
        CHECK(files_in(folder) == 1);
        // In a child: htslib does not free a file whose last bytes it cannot write.
        CHECK(test::in_child([&] {
                  const Error full = error_of([&] { test::convert(input, "/dev/full", type); });
                  return full.kind() == ErrorKind::run_failed &&
                                 contains(full.what(),
                                          "/dev/full: cannot write: No space left on device")
                             ? 5
                             : 95;
              }) == 5);
    }
}

TEST_CASE("stdout and pipes are written as they are") {
    test::TemporaryFolder folder;
    const std::string input = put(folder, "a.vcf", test::kVcfText);
    for (const char type : {'z', 'b', 'u', 'v'}) {
        INFO(type);
        const std::string path = folder.file("out");
        CHECK(test::in_child([&] {
                  if (!std::freopen(path.c_str(), "w", stdout)) return 97;
                  test::convert(input, "-", type);
                  // stdout is still open.
                  return std::fputs("", stdout) >= 0 && std::fflush(stdout) == 0 &&
                                 write(STDOUT_FILENO, "", 0) == 0
                             ? 0
                             : 96;
              }) == 0);
        test::convert(path, folder.file("c.vcf"), 'v');
        CHECK(read_file(folder.file("c.vcf")) == test::kVcfText);
        CHECK(test::in_child([&] {
                  if (!std::freopen("/dev/full", "w", stdout)) return 97;
                  try {
                      test::convert(input, "-", type);
                  } catch (const Error& error) {
                      return error.kind() == ErrorKind::run_failed &&
                                     contains(error.what(), "standard output: cannot write: No sp")
                                 ? 5
                                 : 95;
                  }
                  return 96;
              }) == 5);
        const std::string fifo = folder.file("fifo");
        REQUIRE(mkfifo(fifo.c_str(), 0600) == 0);
        std::thread writer([&] { test::convert(input, fifo, type); });
        CHECK(test::count_records(fifo) == 5);
        writer.join();
        std::filesystem::remove(fifo);
    }
    test::convert(input, "/dev/null", 'z');
    CHECK(std::filesystem::is_character_file("/dev/null"));
    CHECK(files_in(folder) == 3);
}
