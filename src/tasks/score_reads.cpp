#include "tasks/score_reads.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/error.hpp"
#include "core/log.hpp"
#include "core/progress.hpp"
#include "genome/in_memory_reference.hpp"
#include "tasks/score_setup.hpp"
#include "tasks/score_sums.hpp"

namespace dna_hnet::tasks {
namespace {

using genome::AlignedRead;
using genome::Base;

constexpr std::int64_t kBatchBases = 1 << 20;

// What the alignment covers, with the read's masked columns masked.
std::vector<Base> covered(genome::Reference& reference, const AlignedRead& read) {
    std::vector<Base> bases;
    auto masked = read.masked_columns.begin();
    for (const genome::Interval& block : read.blocks) {
        const auto first = static_cast<std::int64_t>(bases.size()) - block.begin;
        const auto fetched = reference.fetch(block);
        bases.insert(bases.end(), fetched.begin(), fetched.end());
        for (; masked != read.masked_columns.end() && *masked < block.end; ++masked) {
            bases[static_cast<std::size_t>(first + *masked)] = genome::kN;
        }
    }
    return bases;
}

double mean_bits(const evaluate::BlockSums& sums) {
    if (sums.scored == 0) return std::numeric_limits<double>::quiet_NaN();
    return evaluate::kBitsUnit * static_cast<double>(sums.units[0]) /
           static_cast<double>(sums.scored);
}

double median(std::vector<double> values) {
    if (values.empty()) return std::numeric_limits<double>::quiet_NaN();
    const auto middle = values.begin() + static_cast<std::int64_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    if (values.size() % 2 == 1) return *middle;
    return (*middle + *std::max_element(values.begin(), middle)) / 2;
}

class ReadScorer {
  public:
    ReadScorer(genome::Reference& reference, const ReadScoreRequest& request)
        : reference_(reference),
          request_(request),
          setup_(reference, request.model, request.reading, request.baselines, request.all_orders),
          provenance_(setup_.complete(request.provenance)),
          strand_(request.as_aligned ? "aligned" : "sequenced"),
          table_(setup_.sources().models(), {"all"}) {
        if (request.reads) rows_.emplace(request.reads, read_columns(), provenance_);
    }

    void add(AlignedRead read) {
        std::vector<Base> reference = covered(reference_, read);
        std::vector<Base> bases = std::move(read.bases);
        read.bases = {};
        if (!request_.as_aligned && read.strand == genome::Strand::reverse) {
            for (auto* sequence : {&bases, &reference}) {
                genome::reverse_complement(sequence->data(),
                                           static_cast<std::int64_t>(sequence->size()));
            }
        }
        lengths_.push_back(static_cast<std::int64_t>(bases.size()));
        waiting_ += lengths_.back();
        sequences_.add(read.name, std::move(bases));
        sequences_.add(read.name, std::move(reference));
        reads_.push_back(std::move(read));
        if (waiting_ >= kBatchBases) flush();
    }

    void flush() {
        if (reads_.empty()) return;
        const auto everything = sequences_.everything();
        std::vector<evaluate::BlockSums> sums(2 * reads_.size());
        PieceScorer scorer(sequences_, everything, setup_.sources(), setup_.reading(),
                           {genome::Strand::forward});
        scorer.run(
            everything,
            [&](const ScoredPiece& piece) {
                sums[static_cast<std::size_t>(piece.where.contig)].add(
                    sum_bases(piece, 0, piece.where.begin, piece.where.end));
            },
            nullptr);
        for (std::size_t i = 0; i < reads_.size(); ++i) {
            add_sums(reads_[i], lengths_[i], sums[2 * i], sums[2 * i + 1]);
        }
        reads_.clear();
        lengths_.clear();
        sequences_ = genome::InMemoryReference("reads");
        waiting_ = 0;
    }

    ReadTotals finish() {
        flush();
        if (totals_.reads == 0) throw input_error("--reads: no read passes the filter");
        formats::TsvWriter writer(request_.output, score_columns(), provenance_);
        for (const auto& row : table_.rows()) write_score_row(writer, row);
        totals_.scored = total_.scored;
        totals_.bits_per_base = mean_bits(total_);
        totals_.median_delta = median(deltas_);
        return totals_;
    }

  private:
    void add_sums(const AlignedRead& read, std::int64_t aligned, const evaluate::BlockSums& bases,
                  const evaluate::BlockSums& reference) {
        ++totals_.reads;
        total_.add(bases);
        const std::int64_t block = read.place.begin / evaluate::kBlockBases;
        const genome::Split split = genome::split_of(read, setup_.splits());
        for (const std::string& name : {std::string("all"), std::string(split_name(split))}) {
            table_.add(name, "all", strand_, read.place.contig, block, bases);
        }
        const double bits = mean_bits(bases), reference_bits = mean_bits(reference);
        const double delta = bits - reference_bits;
        if (!std::isnan(delta)) deltas_.push_back(delta);
        if (!rows_) return;
        const auto& contigs = reference_.contigs();
        rows_->text(read.name).integer(read.flag).integer(read.mapping_quality);
        rows_->text(contigs[static_cast<std::size_t>(read.place.contig)].name);
        rows_->integer(read.place.begin).integer(read.place.end);
        rows_->text(read.strand == genome::Strand::forward ? "+" : "-").integer(aligned);
        rows_->integer(bases.scored).integer(read.masked);
        if (read.edit_distance) {
            rows_->integer(*read.edit_distance);
        } else {
            rows_->missing();
        }
        rows_->number(bits).number(reference_bits).number(delta).end_row();
    }

    genome::Reference& reference_;
    const ReadScoreRequest& request_;
    ScoreSetup setup_;
    Provenance provenance_;
    std::string strand_;
    evaluate::ScoreTable table_;
    std::optional<formats::TsvWriter> rows_;
    // Of the open batch; contigs of `sequences_` are read 0, its reference, read 1, ...
    std::vector<AlignedRead> reads_;
    std::vector<std::int64_t> lengths_;
    genome::InMemoryReference sequences_{"reads"};
    std::int64_t waiting_ = 0;
    ReadTotals totals_;
    evaluate::BlockSums total_;
    std::vector<double> deltas_;
};

}  // namespace

const std::vector<std::string>& read_columns() {
    static const std::vector<std::string> columns{
        "read", "flag",   "mapq",          "contig",       "start",
        "end",  "strand", "aligned_bases", "scored_bases", "masked_bases",
        "nm",   "bits",   "ref_bits",      "delta_bits"};
    return columns;
}

ReadTotals score_reads(genome::Reference& reference,
                       const std::vector<std::unique_ptr<genome::ReadSource>>& sources,
                       const ReadScoreRequest& request) {
    ReadScorer scorer(reference, request);
    Progress progress("score", 0, "reads");
    std::int64_t reads = 0;
    for (const auto& source : sources) {
        AlignedRead read;
        while (source->next(read)) {
            scorer.add(std::move(read));
            progress.update(++reads);
        }
        genome::log_counts(*source);
    }
    const ReadTotals totals = scorer.finish();
    progress.finish();
    log_info(
        fmt::format("{:.4f} bits per base over {} bases of {} reads; median delta_bits {:+.5f}",
                    totals.bits_per_base, totals.scored, totals.reads, totals.median_delta));
    return totals;
}

}  // namespace dna_hnet::tasks
