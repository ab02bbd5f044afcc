#pragma once
// Variants as a VCF states them, and what became of each allele (semantics.md section 7).
// Implementation of the source: hts::VariantFile.
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dna_hnet::genome {

struct Variant {
    std::string contig;
    std::int64_t position = 0;  // 0-based first base of REF
    std::string ref;            // letters as they came
    std::vector<std::string> alternatives;
};

// Why an allele has no score. Names are those of the VCF: status_name(AlleleStatus::past_end) is
// "PAST_END".
enum class AlleleStatus {
    ok,
    ref_mismatch,
    past_end,
    unknown_contig,
    not_acgt,
    symbolic,
    star,
    breakend,
    too_long,
    in_gap
};
inline constexpr std::array kAlleleStatuses{AlleleStatus::ok,       AlleleStatus::ref_mismatch,
                                            AlleleStatus::past_end, AlleleStatus::unknown_contig,
                                            AlleleStatus::not_acgt, AlleleStatus::symbolic,
                                            AlleleStatus::star,     AlleleStatus::breakend,
                                            AlleleStatus::too_long, AlleleStatus::in_gap};
std::string_view status_name(AlleleStatus status);

}  // namespace dna_hnet::genome
