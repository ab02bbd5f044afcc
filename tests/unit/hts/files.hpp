#pragma once
// Files and outside programs for the tests of this folder.
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <string>

#include "core/atomic_file.hpp"
#include "hts/bgzf_text.hpp"
#include "hts/hts_log.hpp"
#include "support/test.hpp"

namespace dna_hnet::test {

// Many failures are provoked here: htslib would tell of them on stderr.
struct QuietHtslib {
    QuietHtslib() { hts::quiet_htslib(0); }
};
inline const QuietHtslib quiet_htslib_in_tests;

inline std::string put(const TemporaryFolder& folder, const std::string& name,
                       const std::string& bytes) {
    std::ofstream(folder.file(name), std::ios::binary) << bytes;
    return folder.file(name);
}

inline std::string put_bgzip(const TemporaryFolder& folder, const std::string& name,
                             const std::string& text) {
    hts::TextWriter writer(folder.file(name), hts::TextWriter::Index::none);
    writer.write(text);
    writer.close();
    return folder.file(name);
}

// Standard output of a shell command; the test fails when the command does.
inline std::string output_of(const std::string& command) {
    std::FILE* pipe = popen(command.c_str(), "r");
    REQUIRE(pipe);
    std::string text;
    char buffer[65536];
    for (std::size_t got = 0; (got = std::fread(buffer, 1, sizeof buffer, pipe)) > 0;)
        text.append(buffer, got);
    INFO(command);
    REQUIRE(pclose(pipe) == 0);
    return text;
}

inline bool has_program(const std::string& name) {
    return std::system(("command -v " + name + " >/dev/null 2>&1").c_str()) == 0;
}

// Runs `action` in a child and returns its exit status: for limits and rights that cannot be taken
// back.
template <class Action>
int in_child(Action action) {
    const pid_t child = fork();
    if (child == 0) {
        int status = 99;
        try {
            status = action();
        } catch (...) {
        }
        _exit(status);
    }
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

}  // namespace dna_hnet::test

#define DNA_HNET_REQUIRE_PROGRAM(name)                                                     \
    do {                                                                                   \
        if (!::dna_hnet::test::has_program(name)) DNA_HNET_SKIP(name " is not installed"); \
    } while (false)
