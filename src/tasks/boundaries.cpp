#include "tasks/boundaries.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <numeric>

#include "core/error.hpp"
#include "core/log.hpp"
#include "core/progress.hpp"
#include "genome/segments.hpp"
#include "tasks/boundary_files.hpp"
#include "tasks/chunk_summary.hpp"
#include "tracks/track_contigs.hpp"

namespace dna_hnet::tasks {
namespace {

using genome::Interval;
using genome::Strand;

// What one strand writes; a stage that was not asked for has no files.
using StrandFiles = std::vector<std::unique_ptr<BoundaryFiles>>;

class BoundariesTask {
  public:
    BoundariesTask(genome::Reference& reference, BoundarySource& source,
                   const BoundariesRequest& request)
        : reference_(reference),
          source_(source),
          request_(request),
          provenance_(request.provenance) {
        provenance_.reference_fingerprint = genome::reference_fingerprint(reference.contigs());
        open_files();
        find_universe();
    }

    BoundariesResult run();

  private:
    void open_files();
    void find_universe();
    void read_contig(std::int64_t contig, std::size_t strand);
    void report() const;
    std::vector<std::int64_t> stages() const;
    AtomicGroup* outputs() { return request_.outputs ? request_.outputs : &own_outputs_; }

    genome::Reference& reference_;
    BoundarySource& source_;
    const BoundariesRequest& request_;
    Provenance provenance_;
    AtomicGroup own_outputs_;         // where the request names none
    std::vector<StrandFiles> files_;  // as request.strands
    std::unique_ptr<UniverseFile> universe_file_;
    std::unique_ptr<hts::TextWriter> summary_file_, counts_file_;
    std::vector<std::vector<Interval>> segments_, universe_;  // per contig
    std::unique_ptr<ChunkSummary> summary_;
    std::unique_ptr<Progress> progress_;
    std::int64_t done_ = 0;
    BoundariesResult result_;
};

// Everything is opened before anything is read: a target that cannot be written is found at once.
void BoundariesTask::open_files() {
    for (const Strand strand : request_.strands) {
        StrandFiles files;
        for (std::int64_t stage = 0; stage < source_.stages(); ++stage) {
            if (request_.stage && *request_.stage != stage) {
                files.push_back(nullptr);
                continue;
            }
            const std::string stem = fmt::format("{}.stage{}.{}", request_.prefix, stage,
                                                 strand == Strand::forward ? "fwd" : "rev");
            files.push_back(std::make_unique<BoundaryFiles>(stem, stage, strand, request_.formats,
                                                            reference_.contigs(), provenance_,
                                                            outputs()));
        }
        files_.push_back(std::move(files));
    }
    universe_file_ =
        std::make_unique<UniverseFile>(request_.prefix, reference_.contigs(), outputs());
    const auto table = [&](const char* suffix) {
        return std::make_unique<hts::TextWriter>(request_.prefix + suffix,
                                                 hts::TextWriter::Index::none, 0, outputs());
    };
    summary_file_ = table(".summary.tsv");
    if (request_.counts) counts_file_ = table(".counts.tsv");
}

void BoundariesTask::find_universe() {
    const auto& contigs = reference_.contigs();
    std::vector<std::vector<Interval>> regions(contigs.size());
    if (request_.regions) {
        for (const Interval& region : genome::merged(*request_.regions)) {
            regions.at(static_cast<std::size_t>(region.contig)).push_back(region);
        }
    }
    segments_.resize(contigs.size());
    universe_.resize(contigs.size());
    std::vector<Interval> all;
    std::int64_t asked = 0;
    for (std::size_t c = 0; c < contigs.size(); ++c) {
        if (request_.regions && regions[c].empty()) continue;
        asked += request_.regions ? genome::total_length(regions[c]) : contigs[c].length;
        segments_[c] = genome::find_segments(reference_, static_cast<std::int64_t>(c));
        universe_[c] =
            request_.regions ? genome::intersection(regions[c], segments_[c]) : segments_[c];
        all.insert(all.end(), universe_[c].begin(), universe_[c].end());
    }
    require_bases(all, asked, reference_);
    universe_file_->write(all, provenance_);
    std::vector<BaseClass> classes = table_classes(reference_, all, request_.classes);
    summary_ = std::make_unique<ChunkSummary>(source_.stages(), std::move(all), std::move(classes));
}

std::vector<std::int64_t> BoundariesTask::stages() const {
    if (request_.stage) return {*request_.stage};
    std::vector<std::int64_t> all(static_cast<std::size_t>(source_.stages()));
    std::iota(all.begin(), all.end(), 0);
    return all;
}

void BoundariesTask::read_contig(std::int64_t contig, std::size_t number) {
    const Strand strand = request_.strands[number];
    const auto& segments = segments_[static_cast<std::size_t>(contig)];
    StrandFiles& files = files_[number];
    const auto row_sink = [&](std::int64_t stage, const ChunkRow& row) {
        summary_->add(strand, stage, row);
        if (auto& file = files[static_cast<std::size_t>(stage)]) file->add_chunk(row);
    };
    ChunkCutter cutter(strand, source_.stages(), segments,
                       universe_[static_cast<std::size_t>(contig)], row_sink);
    source_.read(
        reference_, segments, cutter.reading(), strand,
        [&](const evaluate::SequenceValues& values) {
            const Interval& yields = values.sequence.yields;
            cutter.add(yields, values.stages);
            for (std::size_t stage = 0; stage < files.size(); ++stage) {
                if (!files[stage]) continue;
                files[stage]->add_probabilities(yields, values.stages[stage], cutter.wanted());
            }
            for (std::size_t stage = 0; stage < files.size(); ++stage) {
                result_.near_half[stage] += near_half(values.stages[stage], cutter.wanted());
            }
        },
        [&](std::int64_t bases) { progress_->update(done_ + bases); });
    cutter.end_reading();
    done_ += genome::total_length(cutter.reading());
    for (auto more = cutter.unread(); !more.empty(); more = cutter.unread()) {
        source_.read(reference_, segments, more, strand,
                     [&](const evaluate::SequenceValues& values) {
                         cutter.add_unread(values.sequence.yields, values.stages);
                     },
                     {});
        cutter.end_unread();
    }
}

void BoundariesTask::report() const {
    for (const std::int64_t stage : stages()) {
        for (const Strand strand : request_.strands) {
            const std::int64_t chunks = summary_->chunks(strand, stage);
            log_info(fmt::format("stage {} {}: {} chunks on {} bases", stage,
                                 strand == Strand::forward ? "forward" : "reverse", chunks,
                                 summary_->bases()));
        }
    }
}

BoundariesResult BoundariesTask::run() {
    result_.bases = summary_->bases();
    result_.near_half.assign(static_cast<std::size_t>(source_.stages()), 0);
    progress_ = std::make_unique<Progress>(
        "boundaries", result_.bases * static_cast<std::int64_t>(request_.strands.size()), "bp");
    const auto order = tracks::contig_order(reference_.contigs());
    for (const std::int64_t contig : order) {
        if (universe_[static_cast<std::size_t>(contig)].empty()) continue;
        for (std::size_t s = 0; s < request_.strands.size(); ++s) read_contig(contig, s);
    }
    progress_->finish();
    const auto sums = summary_->sums(stages(), request_.strands);
    write_chunk_summary([&](std::string_view text) { summary_file_->write(text); }, sums,
                        provenance_);
    if (counts_file_) {
        write_chunk_sums([&](std::string_view text) { counts_file_->write(text); }, sums,
                         provenance_);
    }
    for (auto& strand : files_) {
        for (auto& files : strand) {
            if (files) files->close();
        }
    }
    universe_file_->close();
    summary_file_->close();
    if (counts_file_) counts_file_->close();
    own_outputs_.commit();
    report();
    return result_;
}

}  // namespace

BoundariesResult write_boundaries(genome::Reference& reference, BoundarySource& source,
                                  const BoundariesRequest& request) {
    return BoundariesTask(reference, source, request).run();
}

}  // namespace dna_hnet::tasks
