// The corpus, and what becomes of it when it is cut or damaged, read by every parser.
#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <random>

#include "fuzz/seeds.hpp"
#include "support/test.hpp"

namespace dna_hnet::fuzz {
namespace {

constexpr int kCuts = 100;  // of a seed

int mutations() {
    const char* const wanted = std::getenv("DNA_HNET_FUZZ_MUTATIONS");
    return wanted ? std::atoi(wanted) : 400;
}

struct Scratch {
    std::filesystem::path path = scratch_folder();
    ~Scratch() {
        std::error_code ignored;
        std::filesystem::remove_all(path, ignored);
    }
};

// One of the changes that break parsers: bytes and bits turned, pieces left out or repeated,
// numbers at the edges of their types. The same for the same draw, on every machine.
std::string mutated(std::string bytes, std::mt19937_64& draw) {
    static const std::vector<std::string> kWords = {"-1",
                                                    "0",
                                                    "2147483648",
                                                    "9223372036854775807",
                                                    "9223372036854775808",
                                                    "1e308",
                                                    "nan",
                                                    "\t",
                                                    "\n",
                                                    "\r\n",
                                                    "\"",
                                                    "{",
                                                    "]",
                                                    ",",
                                                    "#",
                                                    ">",
                                                    std::string(1, '\0'),
                                                    "\xff\xff\xff\xff",
                                                    std::string(8, '\0'),
                                                    std::string("\0\0\0\0\0\0\0\x7f", 8)};
    const auto below = [&](std::size_t count) { return static_cast<std::size_t>(draw() % count); };
    for (std::size_t changes = 1 + below(3); changes > 0 && !bytes.empty(); --changes) {
        const std::size_t at = below(bytes.size()), length = 1 + below(16);
        switch (below(6)) {
            case 0:
                bytes[at] = static_cast<char>(draw());
                break;
            case 1:
                bytes[at] = static_cast<char>(bytes[at] ^ (1 << below(8)));
                break;
            case 2:
                bytes.erase(at, length);
                break;
            case 3:
                bytes.insert(at, bytes.substr(below(bytes.size()), 4 * length));
                break;
            case 4:
                bytes.insert(at, kWords[below(kWords.size())]);
                break;
            default: {
                const std::string& word = kWords[below(kWords.size())];
                bytes.replace(at, std::min(word.size(), bytes.size() - at), word);
            }
        }
    }
    return bytes;
}

// What is wrong with the parser's way of reading these bytes; empty: nothing. They then lie under
// `kept`.
std::string defect(const Parser& parser, const std::string& bytes, const Scratch& scratch,
                   std::map<Verdict, int>& verdicts) {
    try {
        ++verdicts[judge(parser, bytes, scratch.path)];
        return "";
    } catch (const std::exception& other) {
        const std::string kept = "fuzz-" + parser.name;
        std::ofstream(kept, std::ios::binary) << bytes;
        return fmt::format("{}: {}; the input is {}", parser.name, other.what(),
                           std::filesystem::absolute(kept).string());
    }
}

}  // namespace

TEST_CASE("parsers take or refuse what they read, whatever the bytes") {
    const Scratch scratch;
    const int count = mutations();
    for (const Parser& parser : parsers()) {
        const auto seeds = seeds_of(parser);
        INFO(parser.name);
        REQUIRE(!seeds.empty());
        std::map<Verdict, int> verdicts;
        std::mt19937_64 draw(20);
        for (const Seed& seed : seeds) {
            INFO(seed.name);
            std::map<Verdict, int> own;
            REQUIRE(defect(parser, seed.bytes, scratch, own) == "");
            REQUIRE(own[seed.expected] == 1);
            const std::size_t step = seed.bytes.size() / kCuts + 1;
            for (std::size_t length = 0; length < seed.bytes.size(); length += step) {
                const std::string cut = seed.bytes.substr(0, length);
                REQUIRE(defect(parser, cut, scratch, verdicts) == "");
            }
            for (int i = 0; i < count; ++i) {
                REQUIRE(defect(parser, mutated(seed.bytes, draw), scratch, verdicts) == "");
            }
        }
        CHECK(verdicts[Verdict::refused] > 0);
        CHECK(verdicts[Verdict::taken] > 0);
    }
}

TEST_CASE("a parser that fails in another way than by Error is found") {
    const Scratch scratch;
    const Parser planted{"planted", "x.txt", [](const std::string&) {
                             throw std::out_of_range("basic_string::substr");
                         }};
    std::map<Verdict, int> verdicts;
    const std::string said = defect(planted, "abc", scratch, verdicts);
    CHECK(test::contains(said, "planted: basic_string::substr; the input is"));
    CHECK(verdicts.empty());
    std::filesystem::remove("fuzz-planted");
}

}  // namespace dna_hnet::fuzz
