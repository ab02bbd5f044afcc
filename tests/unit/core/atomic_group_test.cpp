#include "core/atomic_group.hpp"

#include <fstream>

#include "core/atomic_file.hpp"
#include "core/error.hpp"
#include "support/test.hpp"

using namespace dna_hnet;
namespace fs = std::filesystem;

namespace {

std::size_t entries(const fs::path& folder) {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

// What a second output is told when `first` is one already; empty when it may stand beside it.
std::string refusal(const fs::path& first, const fs::path& second) {
    AtomicGroup group;
    group.claim(first);
    try {
        group.claim(second);
    } catch (const Error& error) {
        CHECK(error.kind() == ErrorKind::usage);
        return error.what();
    }
    return {};
}

}  // namespace

TEST_CASE("AtomicGroup: its files appear together") {
    const test::TemporaryFolder folder;
    write_file_atomically(folder.file("a"), "old");
    write_file_atomically(folder.file("a.tbi"), "of the old one");
    AtomicGroup group;
    AtomicFile a(folder.file("a"), &group);
    AtomicPath b(folder.file("b"), &group);
    a.write("new");
    a.commit();
    std::ofstream(b.temporary()) << "by name";
    b.commit();
    write_file_atomically(folder.file("c"), "text", &group);
    group.remove_on_commit(folder.file("a.tbi"));
    CHECK(read_file(folder.file("a")) == "old");
    CHECK(fs::exists(folder.file("a.tbi")));
    CHECK_FALSE(fs::exists(folder.file("b")));
    CHECK_FALSE(fs::exists(folder.file("c")));
    group.commit();
    CHECK(read_file(folder.file("a")) == "new");
    CHECK(read_file(folder.file("b")) == "by name");
    CHECK(read_file(folder.file("c")) == "text");
    CHECK(entries(folder.path()) == 3);
}

TEST_CASE("AtomicGroup: a full disk at the last file leaves none, and the older versions") {
    const test::TemporaryFolder folder;
    write_file_atomically(folder.file("a"), "old");
    {
        AtomicGroup group;
        write_file_atomically(folder.file("a"), "new", &group);
        write_file_atomically(folder.file("b"), "new", &group);
        AtomicFile last(folder.file("c"), &group);
        fail_writes_after(0);
        CHECK(test::contains(test::error_of([&] { last.write("x"); }).what(), "No space left"));
        fail_writes_after(-1);
    }
    CHECK(read_file(folder.file("a")) == "old");
    CHECK(entries(folder.path()) == 1);
}

TEST_CASE("AtomicGroup: a file that cannot be renamed is named as the user says it") {
    const test::TemporaryFolder folder;
    {
        AtomicGroup group;
        write_file_atomically(folder.file("a"), "x", &group);
        fs::create_directories(folder.path() / "a" / "in-the-way");
        CHECK(test::error_of([&] { group.commit(); }).what() ==
              folder.file("a") + ": cannot write: Is a directory");
    }
    CHECK(entries(folder.path()) == 1);
}

TEST_CASE("AtomicGroup: one file under two names is refused") {
    const test::TemporaryFolder folder;
    fs::create_directory(folder.path() / "real");
    fs::create_directory_symlink("real", folder.file("link"));
    write_file_atomically(folder.file("real/old"), "x");
    fs::create_symlink("real/old", folder.file("alias"));
    const std::string x = folder.file("real/x"), by_link = folder.file("link/x");
    CHECK(refusal(x, x) == x + ": two outputs of this command have this name");
    CHECK(refusal(x, by_link) ==
          x + " and " + by_link + " are one file, but two outputs of this command");
    CHECK(!refusal(x, folder.file("link/../real/./x")).empty());
    CHECK(!refusal("x", "./x").empty());
    CHECK(!refusal("x", fs::current_path() / "x").empty());
    CHECK(!refusal(folder.file("real/old"), folder.file("alias")).empty());
    CHECK(!refusal("-", "-").empty());
    CHECK(refusal(x, folder.file("real/y")).empty());
    CHECK(refusal(x, folder.file("x")).empty());
    CHECK(refusal("-", "./-").empty());
    // Nothing is lost by writing two to a device.
    AtomicGroup group;
    write_file_atomically("/dev/null", "x", &group);
    write_file_atomically("/dev/null", "x", &group);
    CHECK(test::error_of([&] {
              write_file_atomically(x, "1", &group);
              write_file_atomically(by_link, "2", &group);
          }).kind() == ErrorKind::usage);
}
