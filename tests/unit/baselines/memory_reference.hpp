#pragma once
// A reference genome in memory, and random sequences, for the tests of the baselines.
#include <algorithm>
#include <string>
#include <vector>

#include "core/random.hpp"
#include "genome/in_memory_reference.hpp"

namespace dna_hnet::test {

using Bases = std::vector<genome::Base>;

class MemoryReference final : public genome::InMemoryReference {
  public:
    explicit MemoryReference(std::vector<Bases> sequences)
        : genome::InMemoryReference("memory.fa") {
        for (Bases& sequence : sequences) {
            add("c" + std::to_string(contigs().size()), std::move(sequence));
        }
    }
};

inline Bases random_bases(std::int64_t length, std::uint64_t stream) {
    Random random(7, stream);
    Bases bases(static_cast<std::size_t>(length));
    for (genome::Base& base : bases) base = static_cast<genome::Base>(random.below(4));
    return bases;
}

inline Bases encoded(const std::string& letters) {
    Bases bases;
    for (const char letter : letters)
        bases.push_back(static_cast<genome::Base>(std::string("ACGTN").find(letter)));
    return bases;
}

inline Bases reverse_complemented(const Bases& bases) {
    Bases result;
    for (auto base = bases.rbegin(); base != bases.rend(); ++base)
        result.push_back(genome::complement(*base));
    return result;
}

}  // namespace dna_hnet::test
