#include <fmt/format.h>

#include "core/error.hpp"
#include "core/log.hpp"
#include "tasks/variant_check.hpp"

namespace dna_hnet::tasks {
namespace {

constexpr std::int64_t kComparedRecords = 1000, kMostRecords = 65536;
constexpr std::int64_t kFewMismatches = 20;

}  // namespace

ReferenceCheck::ReferenceCheck(const hts::VariantFile& file, const genome::Reference& reference,
                               double max_mismatch)
    : file_(file), reference_(reference), max_mismatch_(max_mismatch) {
    // Published files that stand beside a cut genome carry the whole one's header.
    const genome::ContigTable contigs(reference);
    std::string first;
    int others = 0;
    for (const genome::Contig& contig : file.contigs()) {
        const std::int64_t number = contigs.find(contig.name);
        if (number < 0 || contig.length == 0) continue;
        const auto length = reference.contigs()[static_cast<std::size_t>(number)].length;
        if (length == contig.length) continue;
        if (first.empty()) {
            first = fmt::format("{} has {} bases, in {} {}", contig.name, contig.length,
                                reference.path(), length);
        } else {
            ++others;
        }
    }
    if (first.empty()) return;
    log_warning(fmt::format("{}: by its header {}{}", file.path(), first,
                            others > 0 ? fmt::format(" (and {} contigs more)", others) : ""));
}

void ReferenceCheck::add(const genome::Variant& variant, const CheckedVariant& checked) {
    out_of_range_ += !checked.in_range;
    if (checked.ref_mismatch && ++mismatches_ == 1) {
        first_mismatch_ = fmt::format("{}:{}", variant.contig, variant.position + 1);
    }
    if (checked.unknown_contig && !warned_) {
        warned_ = true;
        try {
            genome::contig_index(reference_, variant.contig);
        } catch (const Error& error) {
            log_warning(fmt::format("{}: {}", file_.path(), error.what()));
        }
    }
    if (over_) return;
    ++records_;
    compared_ += checked.compared;
    if (compared_ == kComparedRecords || records_ == kMostRecords) finish();
}

void ReferenceCheck::finish() {
    if (over_) return;
    over_ = true;
    if (mismatches_ < kFewMismatches ||
        static_cast<double>(mismatches_) <= max_mismatch_ * static_cast<double>(compared_)) {
        return;
    }
    throw input_error(
        fmt::format("{}: REF of {} of the first {} records in range is another sequence in {} (the "
                    "first: {})",
                    file_.path(), mismatches_, compared_, reference_.path(), first_mismatch_),
        "Is it the same assembly? --max-ref-mismatch 1 takes the others.");
}

}  // namespace dna_hnet::tasks
