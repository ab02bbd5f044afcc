#include "genome/variant.hpp"

namespace dna_hnet::genome {

std::string_view status_name(AlleleStatus status) {
    switch (status) {
        case AlleleStatus::ok:
            return "OK";
        case AlleleStatus::ref_mismatch:
            return "REF_MISMATCH";
        case AlleleStatus::past_end:
            return "PAST_END";
        case AlleleStatus::unknown_contig:
            return "UNKNOWN_CONTIG";
        case AlleleStatus::not_acgt:
            return "NOT_ACGT";
        case AlleleStatus::symbolic:
            return "SYMBOLIC";
        case AlleleStatus::star:
            return "STAR";
        case AlleleStatus::breakend:
            return "BREAKEND";
        case AlleleStatus::too_long:
            return "TOO_LONG";
        case AlleleStatus::in_gap:
            return "IN_GAP";
    }
    return "";
}

}  // namespace dna_hnet::genome
