#include "tasks/variants.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/error.hpp"
#include "core/log.hpp"
#include "core/progress.hpp"
#include "tasks/variant_check.hpp"
#include "tasks/variant_fields.hpp"

namespace dna_hnet::tasks {
namespace {

using genome::AlleleStatus;
using genome::Strand;

constexpr std::size_t kBatchAlleles = 1024;     // scored together
constexpr std::int64_t kCheckedRecords = 1000;  // in range, for the check of REF
constexpr std::int64_t kFewMismatches = 20;

// Two of our own files carry another assembly's header: lengths only warn.
void compare_contigs(const hts::VariantFile& header, const genome::Reference& reference) {
    const genome::ContigTable contigs(reference);
    std::string first;
    int others = 0;
    for (const genome::Contig& contig : header.contigs()) {
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
    log_warning(fmt::format("{}: by its header {}{}", header.path(), first,
                            others > 0 ? fmt::format(" (and {} contigs more)", others) : ""));
}

class VariantRun {
  public:
    VariantRun(genome::Reference& reference, const hts::VariantFile& header, VariantRequest request)
        : reference_(reference),
          header_(header),
          request_(std::move(request)),
          model_(reference, request_.model),
          checker_(reference, model_.training(), request_.max_indel),
          writer_(header, request_.target,
                  variant_fields(model_.context(), request_.model.reading.suffix,
                                 request_.model.reading.boundary_effects),
                  variant_header(model_.complete(request_.provenance)),
                  request_.provenance.enabled) {}

    void add(hts::VariantRecord record) {
        const genome::Variant& variant = record.variant();
        CheckedVariant checked = checker_.check(variant);
        check_reference(variant, checked);
        if (!checked.statuses.empty() && checked.statuses[0] == AlleleStatus::unknown_contig) {
            hint_contig(variant.contig);
        }
        Waiting waiting{std::move(record), checked.in_training, {}};
        for (std::size_t i = 0; i < checked.statuses.size(); ++i) {
            ScoredAllele allele{checked.statuses[i], {}};
            if (allele.status == AlleleStatus::ok) {
                add_differences(checked, waiting.record.variant().alternatives[i], i, allele);
            }
            waiting.alleles.push_back(allele);
        }
        alleles_ += waiting.alleles.size();
        waiting_.push_back(std::move(waiting));
        // Records without alleles take memory too.
        if (alleles_ >= kBatchAlleles || waiting_.size() >= kBatchAlleles) flush();
    }

    VariantTotals finish() {
        refuse_mismatches();
        flush();
        writer_.close();
        return totals_;
    }

  private:
    struct Waiting {
        hts::VariantRecord record;
        bool in_training = false;
        std::vector<ScoredAllele> alleles;
    };
    struct Place {
        std::size_t record = 0, allele = 0, direction = 0;
    };

    void add_differences(const CheckedVariant& checked, const std::string& letters,
                         std::size_t number, ScoredAllele& allele) {
        const genome::Replacement replacement{checked.replaced, allele_bases(letters)};
        for (const Strand strand : request_.strands) {
            const std::size_t direction = strand == Strand::forward ? 0 : 1;
            auto difference = genome::find_difference(reference_, checked.segment, replacement,
                                                      strand, model_.context());
            if (difference) {
                differences_.push_back(std::move(*difference));
                places_.push_back({waiting_.size(), number, direction});
            } else {
                allele.directions[direction].emplace();  // the reference itself: a ratio of 1
            }
        }
    }

    void check_reference(const genome::Variant& variant, const CheckedVariant& checked) {
        if (!checked.in_range || in_range_ == kCheckedRecords) return;
        ++in_range_;
        if (checked.ref_mismatch && ++mismatches_ == 1) {
            first_mismatch_ = fmt::format("{}:{}", variant.contig, variant.position + 1);
        }
        if (in_range_ == kCheckedRecords) refuse_mismatches();
    }

    void refuse_mismatches() const {
        if (mismatches_ < kFewMismatches ||
            static_cast<double>(mismatches_) <=
                request_.max_ref_mismatch * static_cast<double>(in_range_)) {
            return;
        }
        throw input_error(
            fmt::format("{}: REF of {} of the first {} records in range is another sequence in {} "
                        "(the first: {})",
                        header_.path(), mismatches_, in_range_, reference_.path(), first_mismatch_),
            "Is it the same assembly? --max-ref-mismatch 1 scores the others.");
    }

    void hint_contig(const std::string& name) {
        if (hinted_) return;
        hinted_ = true;
        try {
            genome::contig_index(reference_, name);
        } catch (const Error& error) {
            log_warning(fmt::format("{}: {}", header_.path(), error.what()));
        }
    }

    void flush() {
        const auto scores = model_.scorer().score(reference_, differences_);
        for (std::size_t i = 0; i < scores.size(); ++i) {
            const Place& place = places_[i];
            waiting_[place.record].alleles[place.allele].directions[place.direction] = scores[i];
        }
        for (Waiting& waiting : waiting_) {
            writer_.write(waiting.record, field_values(waiting.alleles, waiting.in_training,
                                                       request_.model.reading.boundary_effects));
            ++totals_.records;
            totals_.in_training += waiting.in_training;
            totals_.without_alternative += waiting.alleles.empty();
            for (const ScoredAllele& allele : waiting.alleles) ++totals_.alleles[allele.status];
        }
        progress_.update(totals_.records);
        waiting_.clear();
        differences_.clear();
        places_.clear();
        alleles_ = 0;
    }

    genome::Reference& reference_;
    const hts::VariantFile& header_;
    VariantRequest request_;
    VariantModel model_;
    VariantChecker checker_;
    hts::VariantWriter writer_;
    Progress progress_{"variants", 0, "records"};
    std::vector<Waiting> waiting_;
    std::vector<genome::Difference> differences_;
    std::vector<Place> places_;  // of the differences
    std::size_t alleles_ = 0;
    std::int64_t in_range_ = 0, mismatches_ = 0;  // among the records that are checked
    std::string first_mismatch_;
    bool hinted_ = false;
    VariantTotals totals_;
};

}  // namespace

VariantTotals score_variants(genome::Reference& reference, const hts::VariantFile& header,
                             const std::function<bool(hts::VariantRecord&)>& next,
                             const VariantRequest& request) {
    compare_contigs(header, reference);
    VariantRun run(reference, header, request);
    hts::VariantRecord record;
    while (next(record)) {
        run.add(std::move(record));
        record = {};
    }
    const VariantTotals totals = run.finish();
    std::string counts;
    for (const auto& [status, count] : totals.alleles) {
        counts += fmt::format(", {} {}", count, genome::status_name(status));
    }
    log_info(fmt::format("{} records{}; {} without alternative, {} in training intervals",
                         totals.records, counts, totals.without_alternative, totals.in_training));
    return totals;
}

}  // namespace dna_hnet::tasks
