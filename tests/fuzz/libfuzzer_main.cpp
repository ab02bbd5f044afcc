// libFuzzer's way in: see parsers.hpp.
#include <cstdint>
#include <cstdlib>

#include "core/error.hpp"
#include "fuzz/parsers.hpp"

namespace {

const dna_hnet::fuzz::Parser& chosen() {
    const char* const name = std::getenv("DNA_HNET_FUZZ_PARSER");
    for (const auto& parser : dna_hnet::fuzz::parsers()) {
        if (name && parser.name == name) return parser;
    }
    throw dna_hnet::usage_error("DNA_HNET_FUZZ_PARSER: not a parser of tests/fuzz/parsers.cpp");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const auto& parser = chosen();
    static const auto scratch = dna_hnet::fuzz::scratch_folder();
    judge(parser, {reinterpret_cast<const char*>(data), size}, scratch);
    return 0;
}
