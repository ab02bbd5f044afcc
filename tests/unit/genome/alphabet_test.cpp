#include "genome/alphabet.hpp"

#include <vector>

#include "support/test.hpp"

using namespace dna_hnet;
using namespace dna_hnet::genome;

TEST_CASE("letters become codes and come back") {
    CHECK(encode_base('A') == 0);
    CHECK(encode_base('T') == 3);
    CHECK(encode_base('g') == (2 | kSoftMasked));
    CHECK(encode_base('n') == (kN | kSoftMasked));
    for (const char letter : std::string("RYSWKMBDHVN")) CHECK(encode_base(letter) == kN);
    for (const char letter : std::string("ACGTNacgtn"))
        CHECK(decode_base(encode_base(letter)) == letter);
    int valid = 0;
    for (int byte = 0; byte < 256; ++byte)
        valid += encode_base(static_cast<char>(byte)) != kInvalidBase;
    CHECK(valid == 30);  // 15 letters in two cases; U is refused
    CHECK(encode_base('U') == kInvalidBase);
    CHECK(encode_base('-') == kInvalidBase);
    CHECK(encode_base('\xC3') == kInvalidBase);
}

TEST_CASE("reverse complement keeps case and N") {
    for (const auto& [forward, reverse] : std::vector<std::pair<std::string, std::string>>{
             {"", ""}, {"a", "t"}, {"AC", "GT"}, {"AcGNn", "nNCgT"}}) {
        std::vector<Base> bases;
        for (const char letter : forward) bases.push_back(encode_base(letter));
        reverse_complement(bases.data(), static_cast<std::int64_t>(bases.size()));
        std::string text;
        for (const Base base : bases) text += decode_base(base);
        CHECK(text == reverse);
    }
}

TEST_CASE("tokens of both vocabularies") {
    CHECK(vocabulary_of_size(8) == Vocabulary::dna);
    CHECK(vocabulary_of_size(256) == Vocabulary::bytes);
    CHECK(test::error_of([] { vocabulary_of_size(512); }).kind() == ErrorKind::usage);
    CHECK(acgt_tokens(Vocabulary::dna) == std::array<std::uint8_t, 4>{0, 1, 2, 3});
    CHECK(acgt_tokens(Vocabulary::bytes) == std::array<std::uint8_t, 4>{'A', 'C', 'G', 'T'});
    CHECK(token_of_base(Vocabulary::bytes, encode_base('c')) == 'C');
    CHECK(token_of_base(Vocabulary::bytes, encode_base('r')) == 'N');
    CHECK(token_of_base(Vocabulary::dna, encode_base('n')) == 4);
    CHECK(bos_token(Vocabulary::dna) == 5);
    CHECK(eos_token(Vocabulary::dna) == 6);
    CHECK(bos_token(Vocabulary::bytes) == 254);
    CHECK(eos_token(Vocabulary::bytes) == 255);
}
