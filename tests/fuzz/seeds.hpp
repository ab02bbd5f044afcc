#pragma once
// What mutations begin from.
#include <string>
#include <vector>

#include "fuzz/parsers.hpp"

namespace dna_hnet::fuzz {

struct Seed {
    std::string name, bytes;
    Verdict expected = Verdict::taken;
};

// The files of tests/fuzz/corpus/PARSER (`refused-*` must be refused), by name, and those that our
// own writers make of the binary formats.
std::vector<Seed> seeds_of(const Parser& parser);

}  // namespace dna_hnet::fuzz
