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

constexpr std::size_t kBatchAlleles = 1024;  // scored together

class VariantRun {
  public:
    VariantRun(genome::Reference& reference, const hts::VariantFile& header, VariantRequest request)
        : reference_(reference),
          request_(std::move(request)),
          check_(header, reference, request_.max_ref_mismatch),
          model_(reference, request_.model),
          checker_(reference, model_.training(), request_.max_indel),
          writer_(header, target(),
                  variant_fields(model_.context(), request_.model.reading.suffix,
                                 request_.model.reading.boundary_effects),
                  variant_header(model_.complete(request_.provenance)),
                  request_.provenance.enabled) {}

    void add(hts::VariantRecord record) {
        const genome::Variant& variant = record.variant();
        CheckedVariant checked = checker_.check(variant);
        check_.add(variant, checked);
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
        // Records without alleles take memory too. Nothing is written before REF was checked.
        if (check_.is_over() && (alleles_ >= kBatchAlleles || waiting_.size() >= kBatchAlleles)) {
            flush();
        }
    }

    VariantTotals finish() {
        check_.finish();
        flush();
        writer_.close();
        return totals_;
    }

  private:
    hts::VariantTarget target() const {
        hts::VariantTarget target = request_.target;
        target.dropped = other_fields(request_.model.reading.boundary_effects);
        return target;
    }

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
    VariantRequest request_;
    ReferenceCheck check_;
    VariantModel model_;
    VariantChecker checker_;
    hts::VariantWriter writer_;
    Progress progress_{"variants", 0, "records"};
    std::vector<Waiting> waiting_;
    std::vector<genome::Difference> differences_;
    std::vector<Place> places_;  // of the differences
    std::size_t alleles_ = 0;
    VariantTotals totals_;
};

}  // namespace

VariantTotals score_variants(genome::Reference& reference, const hts::VariantFile& header,
                             const std::function<bool(hts::VariantRecord&)>& next,
                             const VariantRequest& request) {
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
