#include "tasks/sample_haplotypes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <map>

#include "core/error.hpp"
#include "core/log.hpp"
#include "core/progress.hpp"
#include "genome/segments.hpp"
#include "genome/windows.hpp"
#include "hts/variant_file.hpp"
#include "tasks/variant_fields.hpp"

namespace dna_hnet::tasks {
namespace {

using genome::Interval;
using genome::Strand;

constexpr std::size_t kBatchDifferences = 2048;  // scored together
constexpr std::array kStrands{Strand::forward, Strand::reverse};

class HaplotypeRun {
  public:
    HaplotypeRun(genome::Reference& reference, const hts::VariantFile& file,
                 const HaplotypeRequest& request)
        : reference_(reference),
          check_(file, reference, request.max_ref_mismatch),
          request_(request),
          model_(reference, request.model),
          checker_(reference, {}, request.max_indel),
          grid_(genome::window_grid(model_.context())) {
        if (!request.regions) return;
        auto regions = *request.regions;
        std::sort(regions.begin(), regions.end());
        for (std::size_t i = 0; i < regions.size(); ++i) {
            const Interval& region = regions[i];
            if (i > 0 && regions[i - 1].contig == region.contig &&
                regions[i - 1].end > region.begin) {
                throw input_error(fmt::format("--haplotypes: the regions {} and {} overlap",
                                              genome::region_text(reference, regions[i - 1]),
                                              genome::region_text(reference, region)));
            }
            for (const Interval& piece :
                 genome::intersection({region}, checker_.segments_of(region.contig))) {
                rows_.try_emplace(piece);
            }
        }
    }

    void add(genome::Variant variant, std::optional<hts::Genotype> genotype) {
        CalledVariant called{std::move(variant), {}, {}, false};
        called.checked = checker_.check(called.variant);
        const Interval& replaced = called.checked.replaced;
        check_.add(called.variant, called.checked);
        ++records_;
        if (!called.checked.in_range) return;
        if (!(open_ && open_->contig == replaced.contig && open_->begin <= replaced.begin &&
              replaced.begin < open_->end)) {
            close_region();
            open_ = region_of(replaced);
            if (!open_) return;
        }
        if (genotype) {
            called.alleles = std::move(genotype->alleles);
            called.phased = genotype->phased;
        }
        called_.push_back(std::move(called));
    }

    void finish() {
        check_.finish();
        close_region();
        flush();
        // Regions without a record are the reference itself.
        for (auto& [region, row] : rows_) {
            if (row.seen) continue;
            const auto bases = genome::read_bases(reference_, region, Strand::forward);
            for (std::size_t copy = 0; copy < 2; ++copy) {
                for (auto& score : row.copies[copy].directions) score.emplace();
                write_sequence(region, copy, bases);
            }
        }
        formats::TsvWriter writer(request_.output, haplotype_columns(),
                                  model_.complete(request_.provenance));
        for (const auto& [region, row] : rows_) write_row(writer, region, row);
        log_counts();
    }

  private:
    void log_counts() const {
        std::int64_t applied = 0, unphased = 0, skipped = 0;
        for (const auto& [region, row] : rows_) {
            for (const Copy& copy : row.copies) {
                applied += copy.applied;
                unphased += copy.unphased;
                skipped += copy.skipped;
            }
        }
        log_info(fmt::format(
            "{} records, {} of them on unknown contigs or past a contig's end, {} with another REF "
            "than the reference; on both copies {} alleles applied, {} unphased, {} skipped",
            records_, check_.out_of_range(), check_.mismatches(), applied, unphased, skipped));
    }

    struct Copy {
        std::int64_t applied = 0, unphased = 0, skipped = 0;
        std::array<std::optional<evaluate::DirectionScore>, 2> directions;
    };
    struct Row {
        std::array<Copy, 2> copies;
        bool seen = false;
    };
    struct Place {
        Interval region;
        std::size_t copy = 0, direction = 0;
    };

    static std::size_t index(Strand strand) { return strand == Strand::forward ? 0 : 1; }

    // The region that a record belongs to: where it begins.
    std::optional<Interval> region_of(const Interval& replaced) {
        if (request_.regions) {
            auto after = rows_.upper_bound(
                {replaced.contig, replaced.begin, std::numeric_limits<std::int64_t>::max()});
            if (after == rows_.begin()) return std::nullopt;
            const Interval& region = std::prev(after)->first;
            if (region.contig != replaced.contig || region.end <= replaced.begin) {
                return std::nullopt;
            }
            return region;
        }
        const std::int64_t step = grid_.step, number = replaced.begin / step;
        const Interval cell{replaced.contig, number * step, (number + 1) * step};
        for (const Interval& piece :
             genome::intersection({cell}, checker_.segments_of(replaced.contig))) {
            if (piece.begin <= replaced.begin && replaced.begin < piece.end) return piece;
        }
        return std::nullopt;
    }

    void close_region() {
        if (!open_) return;
        Row& row = rows_[*open_];
        row.seen = true;
        const Interval segment = *checker_.segment_of(*open_);  // regions are cut at gaps
        for (std::size_t copy = 0; copy < 2; ++copy) {
            const auto applied = apply_variants(reference_, *open_, called_, copy);
            write_sequence(*open_, copy, applied.replacement.bases);
            row.copies[copy].applied = applied.applied;
            row.copies[copy].unphased = applied.unphased;
            row.copies[copy].skipped = applied.skipped;
            for (const Strand strand : kStrands) {
                auto difference = genome::find_difference(reference_, segment, applied.replacement,
                                                          strand, model_.context());
                if (!difference) {
                    row.copies[copy].directions[index(strand)].emplace();
                    continue;
                }
                differences_.push_back(std::move(*difference));
                places_.push_back({*open_, copy, index(strand)});
            }
        }
        called_.clear();
        open_.reset();
        if (differences_.size() >= kBatchDifferences) flush();
    }

    void flush() {
        const auto scores = model_.scorer().score(reference_, differences_);
        for (std::size_t i = 0; i < scores.size(); ++i) {
            const Place& place = places_[i];
            rows_[place.region].copies[place.copy].directions[place.direction] = scores[i];
        }
        differences_.clear();
        places_.clear();
        progress_.update(static_cast<std::int64_t>(rows_.size()));
    }

    const std::string& name_of(const Interval& region) const {
        return reference_.contigs()[static_cast<std::size_t>(region.contig)].name;
    }

    void write_sequence(const Interval& region, std::size_t copy,
                        const std::vector<genome::Base>& bases) const {
        if (!request_.sequences) return;
        std::string text = fmt::format(">{}:{}-{}_{}_{}\n", name_of(region), region.begin + 1,
                                       region.end, request_.sample, copy + 1);
        for (const genome::Base base : bases) text += genome::decode_base(base);
        request_.sequences(text + "\n");
    }

    void write_row(formats::TsvWriter& writer, const Interval& region, const Row& row) const {
        for (std::size_t copy = 0; copy < 2; ++copy) {
            const Copy& one = row.copies[copy];
            const ScoredAllele scored{genome::AlleleStatus::ok, one.directions};
            writer.text(name_of(region)).integer(region.begin).integer(region.end);
            writer.text(request_.sample).integer(static_cast<std::int64_t>(copy + 1));
            writer.integer(one.applied).integer(one.unphased).integer(one.skipped);
            for (const auto value : {llr_of, site_of, flank_of}) {
                const std::optional<double> mean = scored.mean(value);
                writer.number(mean.value_or(std::numeric_limits<double>::quiet_NaN()));
            }
            writer.end_row();
        }
    }

    genome::Reference& reference_;
    ReferenceCheck check_;
    std::int64_t records_ = 0;
    const HaplotypeRequest& request_;
    VariantModel model_;
    VariantChecker checker_;
    genome::WindowGrid grid_;
    std::map<Interval, Row> rows_;
    std::optional<Interval> open_;       // the region at hand
    std::vector<CalledVariant> called_;  // in it
    std::vector<genome::Difference> differences_;
    std::vector<Place> places_;  // of the differences
    Progress progress_{"haplotypes", 0, "regions"};
};

}  // namespace

const std::vector<std::string>& haplotype_columns() {
    static const std::vector<std::string> columns{"contig", "start",     "end",        "sample",
                                                  "hap",    "n_applied", "n_unphased", "n_skipped",
                                                  "llr",    "site",      "flank"};
    return columns;
}

void score_haplotypes(genome::Reference& reference, const HaplotypeRequest& request) {
    hts::VariantFile file(request.vcf);
    const int sample = file.sample_index(request.sample);
    HaplotypeRun run(reference, file, request);
    hts::VariantRecord record;
    while (file.next(record)) run.add(record.variant(), file.genotype(record, sample));
    run.finish();
}

}  // namespace dna_hnet::tasks
