#pragma once
// Bases and tokens.
//
// A base is one byte: its code 0..4 = A C G T N in the low three bits, and kSoftMasked where the
// FASTA has lower case. Every IUPAC letter other than A C G T is N; U is refused with everything
// that is not IUPAC. A token is what the model reads; which number a base gets depends on the
// vocabulary.
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace dna_hnet::genome {

using Base = std::uint8_t;
inline constexpr Base kA = 0, kC = 1, kG = 2, kT = 3, kN = 4;
inline constexpr Base kSoftMasked = 8;
inline constexpr Base kInvalidBase = 0xFF;

constexpr Base base_code(Base base) {
    return base & 7;
}
constexpr bool is_soft_masked(Base base) {
    return (base & kSoftMasked) != 0;
}
constexpr bool is_acgt(Base base) {
    return base_code(base) < 4;
}
// A<->T, C<->G, N stays; the soft-mask bit stays.
constexpr Base complement(Base base) {
    return base_code(base) < 4 ? static_cast<Base>((base & kSoftMasked) | (3 - base_code(base)))
                               : base;
}

Base encode_base(char letter);  // kInvalidBase for a byte that is no IUPAC nucleotide code
char decode_base(Base base);    // upper or lower case letter of ACGTN
void reverse_complement(Base* bases, std::int64_t length);  // in place

// dna: A C G T N BOS EOS reserved = 0..7. bytes: the upper-case letter's byte, BOS 254, EOS 255
// (256 ids).
enum class Vocabulary { dna, bytes };

// 8 -> dna, 256 -> bytes; usage error otherwise: a model of another size runs on token ids only.
Vocabulary vocabulary_of_size(std::int64_t vocab_size);
std::string_view vocabulary_name(Vocabulary vocabulary);

std::uint8_t token_of_base(Vocabulary vocabulary, Base base);  // the soft-mask bit is ignored
std::uint8_t bos_token(Vocabulary vocabulary);
std::uint8_t eos_token(Vocabulary vocabulary);
// Tokens of A C G T, in this order: the only targets that are ever scored.
std::array<std::uint8_t, 4> acgt_tokens(Vocabulary vocabulary);

}  // namespace dna_hnet::genome
