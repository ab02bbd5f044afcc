#pragma once
// Catch2, version 2 or 3, with a few helpers. In a file that uses LibTorch include LibTorch first:
// both define CHECK.
#ifdef CHECK
#undef CHECK
#endif
#if __has_include(<catch2/catch_test_macros.hpp>)
#include <catch2/catch_approx.hpp>
#include <catch2/catch_test_macros.hpp>
using Catch::Approx;
#else
#include <catch2/catch.hpp>
#endif

#include <cstdlib>
#include <filesystem>
#include <string>

#include "core/error.hpp"

namespace dna_hnet::test {

// A folder of its own for one test, removed at the end.
class TemporaryFolder {
  public:
    TemporaryFolder() {
        std::string pattern =
            (std::filesystem::temp_directory_path() / "dna-hnet-test-XXXXXX").string();
        if (!mkdtemp(pattern.data())) throw run_error("mkdtemp: " + errno_text());
        path_ = pattern;
    }
    ~TemporaryFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    std::string file(const std::string& name) const { return (path_ / name).string(); }
    const std::filesystem::path& path() const { return path_; }

  private:
    std::filesystem::path path_;
};

// The folder of real data, or empty where DNA_HNET_TEST_DATA is not set.
inline std::string test_data() {
    const char* folder = std::getenv("DNA_HNET_TEST_DATA");
    return folder ? folder : "";
}

// The error of `action`: its kind and message. Fails the test when nothing is thrown.
template <class Action>
Error error_of(Action action) {
    try {
        action();
    } catch (const Error& error) {
        return error;
    }
    FAIL("expected an Error, but nothing was thrown");
    return run_error("");
}

inline bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace dna_hnet::test

// Ends a test that cannot run here, with the reason on the output.
#define DNA_HNET_SKIP(reason)        \
    do {                             \
        WARN("SKIPPED: " << reason); \
        return;                      \
    } while (false)
// Real data of ../data (README there), or a skip.
#define DNA_HNET_REQUIRE_DATA()                                                           \
    do {                                                                                  \
        if (::dna_hnet::test::test_data().empty()) {                                      \
            DNA_HNET_SKIP("DNA_HNET_TEST_DATA is not set: no real data on this machine"); \
        }                                                                                 \
    } while (false)
