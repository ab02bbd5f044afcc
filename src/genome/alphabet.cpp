#include "genome/alphabet.hpp"

#include <fmt/format.h>

#include <utility>

#include "core/error.hpp"

namespace dna_hnet::genome {
namespace {

constexpr std::array<Base, 256> make_encoding() {
    std::array<Base, 256> table{};
    for (Base& code : table) code = kInvalidBase;
    const auto set = [&table](char upper, Base code) {
        table[static_cast<unsigned char>(upper)] = code;
        table[static_cast<unsigned char>(upper - 'A' + 'a')] =
            static_cast<Base>(code | kSoftMasked);
    };
    // The IUPAC codes of several bases, and N itself.
    for (const char letter : {'R', 'Y', 'S', 'W', 'K', 'M', 'B', 'D', 'H', 'V', 'N'})
        set(letter, kN);
    set('A', kA);
    set('C', kC);
    set('G', kG);
    set('T', kT);
    return table;
}
constexpr std::array<Base, 256> kEncoding = make_encoding();
constexpr std::string_view kUpper = "ACGTN", kLower = "acgtn";

// Ids of BOS and EOS: behind the bases in the small vocabulary, bytes that no text uses in the
// large one.
constexpr std::uint8_t kDnaBos = 5, kDnaEos = 6, kBytesBos = 254, kBytesEos = 255;

}  // namespace

Base encode_base(char letter) {
    return kEncoding[static_cast<unsigned char>(letter)];
}

char decode_base(Base base) {
    const Base code = base_code(base) < 4 ? base_code(base) : kN;
    return is_soft_masked(base) ? kLower[code] : kUpper[code];
}

void reverse_complement(Base* bases, std::int64_t length) {
    std::int64_t left = 0, right = length - 1;
    for (; left < right; ++left, --right) {
        const Base last = bases[right];
        bases[right] = complement(bases[left]);
        bases[left] = complement(last);
    }
    if (left == right) bases[left] = complement(bases[left]);
}

Vocabulary vocabulary_of_size(std::int64_t vocab_size) {
    if (vocab_size == 8) return Vocabulary::dna;
    if (vocab_size == 256) return Vocabulary::bytes;
    throw usage_error(
        fmt::format("the model has a vocabulary of {}, expected 8 (dna) or 256 (bytes): a model of "
                    "another size runs on token ids only",
                    vocab_size));
}

std::string_view vocabulary_name(Vocabulary vocabulary) {
    return vocabulary == Vocabulary::dna ? "dna" : "bytes";
}

std::uint8_t token_of_base(Vocabulary vocabulary, Base base) {
    if (vocabulary == Vocabulary::dna) return base_code(base);
    return static_cast<std::uint8_t>(decode_base(base_code(base)));
}

std::uint8_t bos_token(Vocabulary vocabulary) {
    return vocabulary == Vocabulary::dna ? kDnaBos : kBytesBos;
}

std::uint8_t eos_token(Vocabulary vocabulary) {
    return vocabulary == Vocabulary::dna ? kDnaEos : kBytesEos;
}

std::array<std::uint8_t, 4> acgt_tokens(Vocabulary vocabulary) {
    return {token_of_base(vocabulary, kA), token_of_base(vocabulary, kC),
            token_of_base(vocabulary, kG), token_of_base(vocabulary, kT)};
}

}  // namespace dna_hnet::genome
