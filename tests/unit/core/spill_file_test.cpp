#include "core/spill_file.hpp"

#include <sys/resource.h>

#include <csignal>
#include <string>
#include <vector>

#include "core/error.hpp"
#include "support/test.hpp"

using namespace dna_hnet;

TEST_CASE("what is spilled comes back") {
    SpillFile file("numbers");
    const std::vector<int> numbers{3, 1, 4, 1, 5};
    const std::size_t bytes = numbers.size() * sizeof(int);
    CHECK(file.append(numbers.data(), bytes) == 0);
    CHECK(file.append(numbers.data(), bytes) == static_cast<std::int64_t>(bytes));
    CHECK(file.size() == static_cast<std::int64_t>(2 * bytes));
    std::vector<int> read(5);
    file.read(static_cast<std::int64_t>(bytes), read.data(), bytes);
    CHECK(read == numbers);
    const int nine = 9;
    file.write(4, &nine, sizeof nine);
    file.read(0, read.data(), bytes);
    CHECK(read == std::vector<int>{3, 9, 4, 1, 5});
}

TEST_CASE("a spill file holds zeros where nothing was written") {
    SpillFile file("numbers");
    file.resize(100);
    file.write(200, "x", 1);
    CHECK(file.size() == 201);
    std::string bytes(201, '?');
    file.read(0, bytes.data(), bytes.size());
    CHECK(bytes == std::string(200, '\0') + "x");
    file.resize(10);
    CHECK(file.size() == 10);
}

TEST_CASE("a spill file that cannot be written or read says what it holds") {
    SpillFile file("the values of a test");
    char byte = 0;
    const Error past = test::error_of([&] { file.read(0, &byte, 1); });
    CHECK(past.kind() == ErrorKind::run_failed);
    CHECK(test::contains(past.what(), "read back the values of a test"));
    rlimit before{};
    getrlimit(RLIMIT_FSIZE, &before);
    const auto handler = std::signal(SIGXFSZ, SIG_IGN);
    const rlimit small{1000, before.rlim_max};
    setrlimit(RLIMIT_FSIZE, &small);
    const std::string bytes(2000, 'x');
    const Error full = test::error_of([&] { file.append(bytes.data(), bytes.size()); });
    setrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, handler);
    CHECK(full.kind() == ErrorKind::run_failed);
    CHECK(test::contains(full.what(), "keep on disk the values of a test"));
    CHECK(test::contains(full.hint(), "TMPDIR"));
}

TEST_CASE("a spill file may lie in a folder of one's choice, and has no name there") {
    test::TemporaryFolder folder;
    SpillFile file("numbers", folder.path());
    file.append("1", 1);
    CHECK(std::filesystem::is_empty(folder.path()));
    const Error error = test::error_of([&] { SpillFile("numbers", folder.path() / "none"); });
    CHECK(test::contains(error.what(), "make a temporary file for numbers"));
    CHECK(error.hint().empty());
}
