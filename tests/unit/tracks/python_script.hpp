#pragma once
// Scripts beside the tests that ask pyBigWig.
#include <cstdio>
#include <cstdlib>
#include <string>

#include "support/test.hpp"

namespace dna_hnet::test {

inline bool has_py_bigwig() {
    return std::system("/usr/bin/python3 -c 'import pyBigWig' > /dev/null 2>&1") == 0;
}

inline std::string python_output(const std::string& script, const std::string& arguments) {
    const char* source = std::getenv("DNA_HNET_SOURCE_DIR");
    REQUIRE(source);
    const std::string command = "/usr/bin/python3 " + std::string(source) + "/tests/unit/tracks/" +
                                script + " " + arguments;
    std::FILE* pipe = popen(command.c_str(), "r");
    REQUIRE(pipe);
    std::string text;
    char buffer[4096];
    while (std::size_t got = std::fread(buffer, 1, sizeof buffer, pipe)) text.append(buffer, got);
    REQUIRE(pclose(pipe) == 0);
    return text;
}

}  // namespace dna_hnet::test
