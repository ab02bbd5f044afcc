#include "core/atomic_file.hpp"

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <functional>
#include <thread>

#include "core/signals.hpp"
#include "support/test.hpp"

using namespace dna_hnet;
namespace fs = std::filesystem;

namespace {

std::size_t entries(const fs::path& folder) {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

// Runs `work`, which kills its process, in another process.
void killed(const std::function<void()>& work) {
    const pid_t child = fork();
    if (child == 0) {
        work();
        _exit(1);
    }
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    REQUIRE(WIFSIGNALED(status));
}

// The soft limit on the size of a written file, for the life of the object.
class FileSizeLimit {
  public:
    explicit FileSizeLimit(rlim_t bytes) {
        getrlimit(RLIMIT_FSIZE, &old_);
        rlimit limit = old_;
        limit.rlim_cur = bytes;
        setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~FileSizeLimit() { setrlimit(RLIMIT_FSIZE, &old_); }

  private:
    rlimit old_{};
};

}  // namespace

TEST_CASE("AtomicFile: nothing at the target before commit, everything after") {
    const test::TemporaryFolder folder;
    const std::string target = folder.file("a.txt");
    write_file_atomically(target, "old");
    {
        AtomicFile file(target);
        file.write("new ");
        file.write("text");
        CHECK(read_file(target) == "old");
        file.commit();
        CHECK(read_file(target) == "new text");
    }
    {
        AtomicFile dropped(target);
        dropped.write("half");
    }
    CHECK(read_file(target) == "new text");
    CHECK(entries(folder.path()) == 1);
}

TEST_CASE("AtomicFile: a full disk is an error with the file's name and leaves the old file") {
    const test::TemporaryFolder folder;
    const std::string target = folder.file("a.txt");
    write_file_atomically(target, "old");
    fail_writes_after(10);
    {
        AtomicFile file(target);
        file.write("0123456789");  // fits
        const Error error = test::error_of([&] { file.write("x"); });
        CHECK(error.kind() == ErrorKind::run_failed);
        CHECK(test::contains(error.what(), target + ": cannot write: No space left"));
        CHECK_THROWS_AS(write_file_atomically(folder.file("b"), "y"),
                        Error);  // the disk stays full
    }
    fail_writes_after(-1);
    CHECK(read_file(target) == "old");
    CHECK(entries(folder.path()) == 1);
}

TEST_CASE("AtomicFile: a write that fails only at the flush is reported by commit") {
    const test::TemporaryFolder folder;
    install_stop_signals();  // SIGXFSZ is an error of the write from here on
    {
        AtomicFile file(folder.file("a.txt"));
        const FileSizeLimit limit(100);
        const Error error = test::error_of([&] {
            for (int i = 0; i < 50; ++i) file.write("0123456789");
            file.commit();
        });
        CHECK(test::contains(error.what(), "a.txt: cannot write: File too large"));
    }
    CHECK(entries(folder.path()) == 0);
}

TEST_CASE("AtomicFile: no such folder, or a folder at the target") {
    const test::TemporaryFolder folder;
    CHECK(test::contains(
        test::error_of([&] { AtomicFile file(folder.path() / "no" / "a"); }).what(),
        "no/a: cannot write: there is no folder " + (folder.path() / "no").string()));
    CHECK(test::contains(test::error_of([&] { AtomicFile file(folder.path()); }).what(),
                         "is a folder"));
}

TEST_CASE("AtomicFile: links stay links, devices and pipes are written to and stay") {
    const test::TemporaryFolder folder;
    write_file_atomically(folder.file("real"), "old");
    fs::create_symlink("real", folder.file("link"));
    write_file_atomically(folder.file("link"), "new");
    CHECK(fs::is_symlink(folder.file("link")));
    CHECK(read_file(folder.file("real")) == "new");

    write_file_atomically("/dev/null", "gone");
    CHECK(fs::is_character_file("/dev/null"));

    REQUIRE(mkfifo(folder.file("pipe").c_str(), 0600) == 0);
    std::string received;
    std::thread reader([&] { received = read_file(folder.file("pipe")); });
    write_file_atomically(folder.file("pipe"), "through");
    reader.join();
    CHECK(received == "through");
    CHECK(fs::is_fifo(folder.file("pipe")));
    CHECK_THROWS_AS(AtomicPath(folder.file("pipe")), Error);
}

TEST_CASE("AtomicPath: the file written by name is moved by commit and removed without it") {
    const test::TemporaryFolder folder;
    const std::string target = folder.file("a.bw");
    {
        AtomicPath path(target);
        std::ofstream(path.temporary()) << "whole";
        CHECK_FALSE(fs::exists(target));
        path.commit();
    }
    CHECK(read_file(target) == "whole");
    {
        AtomicPath path(target);
        std::ofstream(path.temporary()) << "half";
    }
    CHECK(read_file(target) == "whole");
    CHECK(entries(folder.path()) == 1);
    AtomicPath unwritten(folder.file("b"));
    CHECK_THROWS_AS(unwritten.commit(), Error);
    CHECK_THROWS_AS(AtomicPath(folder.path() / "no" / "b"), Error);
}

TEST_CASE("AtomicFolder: replaced as a whole; a trailing slash is no other folder") {
    const test::TemporaryFolder folder;
    const fs::path target = folder.path() / "step-1";
    {
        AtomicFolder out(target);
        out.fill([](const fs::path& in) { write_file_atomically(in / "old", "1"); });
        CHECK_FALSE(fs::exists(target));
        out.commit();
    }
    {
        AtomicFolder out(target.string() + "/");
        out.fill([](const fs::path& in) { write_file_atomically(in / "new", "2"); });
        out.commit();
    }
    CHECK(fs::exists(target / "new"));
    CHECK_FALSE(fs::exists(target / "old"));
    {
        AtomicFolder dropped(target);
        dropped.fill([](const fs::path& in) { write_file_atomically(in / "half", "3"); });
    }
    CHECK(fs::exists(target / "new"));
    CHECK(entries(folder.path()) == 1);
    CHECK_THROWS_AS(AtomicFolder(folder.path() / "no" / "x"), Error);
}

TEST_CASE("a folder that is missing or is a file is named, wherever the output would stand") {
    const test::TemporaryFolder folder;
    write_file_atomically(folder.file("file"), "kept");
    const auto message = [&](const std::string& target) {
        const std::string path = folder.file(target);
        const Error error = test::error_of([&] { require_parent_folder(path); });
        CHECK(error.kind() == ErrorKind::run_failed);
        for (const auto& open : std::vector<std::function<void()>>{[&] { AtomicFile{path}; },
                                                                   [&] { AtomicPath{path}; },
                                                                   [&] { AtomicFolder{path}; }}) {
            CHECK(test::error_of(open).what() == std::string(error.what()));
        }
        return std::string(error.what());
    };
    CHECK(message("no/x") ==
          folder.file("no/x") + ": cannot write: there is no folder " + folder.file("no"));
    CHECK(message("file/x") == folder.file("file/x") + ": cannot write: " + folder.file("file") +
                                   " is a file, expected a folder");
    CHECK_NOTHROW(require_parent_folder(folder.file("run/")));
    CHECK_NOTHROW(require_parent_folder("run"));
    CHECK(test::contains(test::error_of([&] { AtomicFolder{folder.file("file/")}; }).what(),
                         "file: cannot write: is a file, expected a folder"));
}

TEST_CASE("AtomicFolder: an error names the files by the name that they would have had") {
    const test::TemporaryFolder folder;
    const auto error_inside = [&](const std::function<void(const fs::path&)>& write) {
        AtomicFolder out(folder.file("out"));
        return std::string(test::error_of([&] { out.fill(write); }).what());
    };
    fail_writes_after(0);
    CHECK(error_inside([](const fs::path& in) { write_file_atomically(in / "a", "x"); }) ==
          folder.file("out/a") + ": cannot write: No space left on device");
    fail_writes_after(-1);
    const std::string twice = error_inside(
        [](const fs::path& in) { throw run_error(in.string() + "/a and " + in.string() + "/b"); });
    CHECK(twice == folder.file("out/a") + " and " + folder.file("out/b"));
    const std::string system = error_inside([](const fs::path& in) { fs::rename(in / "a", in); });
    CHECK(test::contains(system, folder.file("out/a")));
    CHECK(!test::contains(system, ".tmp."));
    CHECK(entries(folder.path()) == 0);
}

TEST_CASE("read_file: missing files and folders are bad input with the reason") {
    const test::TemporaryFolder folder;
    const Error missing = test::error_of([&] { read_file(folder.file("x")); });
    CHECK(missing.kind() == ErrorKind::bad_input);
    CHECK(test::contains(missing.what(), "No such file"));
    CHECK(
        test::contains(test::error_of([&] { read_file(folder.path()); }).what(), "Is a directory"));
    const std::string bytes = std::string("a\0b\r\n", 5) + std::string(100000, 'x');
    write_file_atomically(folder.file("y"), bytes);
    CHECK(read_file(folder.file("y")) == bytes);
}

TEST_CASE("AtomicFile: bytes that were written can be overwritten, none past the end") {
    test::TemporaryFolder folder;
    const std::string path = folder.file("x");
    AtomicFile file(path);
    file.write("0123456789");
    file.overwrite(2, "ab");
    file.write("X");
    CHECK(
        test::contains(test::error_of([&] { file.overwrite(10, "yz"); }).what(), "bytes 10 to 12"));
    CHECK(test::error_of([&] { file.overwrite(-1, "y"); }).kind() == ErrorKind::run_failed);
    file.commit();
    CHECK(read_file(path) == "01ab456789X");
}

TEST_CASE("what a killed process has left of a file goes when the file is written again") {
    const test::TemporaryFolder folder;
    for (const char* name : {"x", "x.y"}) {
        killed([&] {
            AtomicFile file(folder.file(name));
            file.write("half");
            kill(getpid(), SIGKILL);
        });
    }
    REQUIRE(entries(folder.path()) == 2);
    std::ofstream(folder.file(".x.tmp.1-00000000.1")) << "of another machine";
    std::ofstream(folder.file(".x.tmp.mine")) << "of somebody else";
    fs::create_directory(folder.file(".x.tmp.folder"));
    {
        AtomicFile file(folder.file("x"));
        CHECK(entries(folder.path()) == 5);  // x.y's, the three strange ones, and this
        AtomicPath again(folder.file("x"));  // the file's own temporary stays: its process lives
        file.write("whole");
        file.commit();
    }
    CHECK(entries(folder.path()) == 5);
    CHECK(read_file(folder.file("x")) == "whole");
    AtomicPath other(folder.file("x.y"));
    CHECK(entries(folder.path()) == 4);
    CHECK(fs::exists(folder.file(".x.tmp.1-00000000.1")));
}

TEST_CASE("what a killed process has left of a folder goes when the folder is written again") {
    const test::TemporaryFolder folder;
    killed([&] {
        AtomicFolder output(folder.file("x"));
        output.fill([](const fs::path& path) {
            write_file_atomically(path / "part", "half");
            kill(getpid(), SIGKILL);
        });
    });
    REQUIRE(entries(folder.path()) == 1);
    fs::create_directory(folder.file(".x.tmp.1-00000000.1"));  // of another machine
    AtomicFolder output(folder.file("x"));
    AtomicFolder again(folder.file("x"));  // the first one's stays: its process lives
    CHECK(entries(folder.path()) == 3);
    output.fill([](const fs::path& path) { write_file_atomically(path / "part", "whole"); });
    output.commit();
    CHECK(read_file(folder.file("x/part")) == "whole");
}
