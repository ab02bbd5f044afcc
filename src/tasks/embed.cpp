#include "tasks/embed.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>

#include "core/error.hpp"
#include "core/log.hpp"
#include "core/progress.hpp"
#include "core/signals.hpp"
#include "genome/segments.hpp"
#include "model/checkpoint.hpp"
#include "tasks/chunk_rows.hpp"
#include "tasks/embed_rows.hpp"
#include "tasks/embed_spec.hpp"
#include "tasks/embed_units.hpp"

namespace dna_hnet::tasks {
namespace {

using embedding_store::EmbeddingRow;
using genome::Interval;
using genome::Strand;

// What is held at once: vectors of a step's bases.
constexpr std::int64_t kStepBytes = std::int64_t{1} << 24;
constexpr std::int64_t kMostStepBases = std::int64_t{1} << 20;

char sign_of(Strand strand) {
    return strand == Strand::forward ? '+' : '-';
}

class EmbedTask {
  public:
    EmbedTask(genome::Reference& reference, const EmbedRequest& request);
    EmbedResult run();

  private:
    std::int64_t columns() const {
        const bool pair = request_.level != Level::chunk && request_.strands.size() == 2;
        return runner_.vector_width(request_.vectors) * (pair ? 2 : 1);
    }
    const std::vector<Interval>& segments_of(std::int64_t contig);
    std::vector<Interval> places_of(const std::vector<Part>& step) const;
    void read(const std::vector<Interval>& places, Strand strand, VectorRuns& runs);
    void add_unit(const Unit& unit);
    void add_bases(const Part& part);
    void add_chunk_unit(const Unit& unit, Strand strand);
    std::vector<ChunkRow> chunk_rows(const std::vector<Interval>& places, Strand strand);
    void add_chunk(const ChunkRow& row, std::int64_t region, Strand strand);

    genome::Reference& reference_;
    const EmbedRequest& request_;
    model::Checkpoint checkpoint_;
    evaluate::ModelRunner runner_;
    std::map<std::int64_t, std::vector<Interval>> segments_;
    std::vector<VectorRuns> runs_;  // as request.strands
    std::unique_ptr<EmbedRows> rows_;
    std::unique_ptr<Progress> progress_;
    std::int64_t done_ = 0;
    EmbedResult result_;
};

evaluate::ReadingOptions reading_of(const EmbedRequest& request,
                                    const model::Checkpoint& checkpoint) {
    evaluate::ReadingOptions options = request.reading;
    if (options.context == 0) options.context = checkpoint.train_config.context;
    return options;
}

EmbedTask::EmbedTask(genome::Reference& reference, const EmbedRequest& request)
    : reference_(reference),
      request_(request),
      checkpoint_(model::read_checkpoint(request.model)),
      runner_(checkpoint_, reading_of(request, checkpoint_)),
      runs_(request.strands.size(), VectorRuns(runner_.vector_width(request.vectors))) {
    if (request.level == Level::chunk && runner_.num_routed_stages() == 0) {
        throw usage_error("--level chunk: this model has no chunks");
    }
    if (request.layout == embedding_store::Layout::anndata && request.level != Level::region) {
        throw usage_error("--layout anndata: belongs to --level region");
    }
    check_embed_size(request, checkpoint_, columns());
    const auto spec = embedding_spec(request, checkpoint_, runner_.options(), reference, columns());
    rows_ = std::make_unique<EmbedRows>(
        request.output, spec, request.resume ? embed_signature(reference, request, spec) : "",
        request.resume);
}

const std::vector<Interval>& EmbedTask::segments_of(std::int64_t contig) {
    const auto [found, fresh] = segments_.try_emplace(contig);
    if (fresh) found->second = genome::find_segments(reference_, contig);
    return found->second;
}

// Merged; gaps too.
std::vector<Interval> EmbedTask::places_of(const std::vector<Part>& step) const {
    std::vector<Interval> places;
    for (const Part& part : step) places.push_back(part.place);
    return genome::merged(std::move(places));
}

void EmbedTask::read(const std::vector<Interval>& places, Strand strand, VectorRuns& runs) {
    runs.clear();
    std::vector<Interval> segments;
    std::int64_t contig = -1;
    for (const Interval& place : places) {
        if (place.contig == contig) continue;
        contig = place.contig;
        const auto& found = segments_of(contig);
        segments.insert(segments.end(), found.begin(), found.end());
    }
    if (genome::intersection(places, segments).empty()) return;
    evaluate::Wanted wanted;
    wanted.bits = false;
    wanted.vectors = request_.vectors;
    runner_.run(
        reference_, segments, places, strand, wanted,
        [&](const evaluate::SequenceValues& values) { runs.add(values); },
        [&](std::int64_t bases) { progress_->update(done_ + bases); });
    done_ += genome::total_length(places);
}

void EmbedTask::add_bases(const Part& part) {
    std::vector<float> row;
    for (std::int64_t base = part.place.begin; base < part.place.end; ++base) {
        row.clear();
        for (const VectorRuns& runs : runs_) {
            if (const float* const vector = runs.at(part.place.contig, base)) {
                row.insert(row.end(), vector, vector + runs.width());
            }
        }
        if (row.empty()) {
            ++result_.bases_in_gaps;
            continue;
        }
        const char sign = request_.strands.size() == 2 ? '.' : sign_of(request_.strands[0]);
        rows_->add({{part.place.contig, base, base + 1},
                    sign,
                    part.region,
                    std::numeric_limits<float>::quiet_NaN()},
                   row.data());
    }
}

// Base and region level.
void EmbedTask::add_unit(const Unit& unit) {
    std::map<std::int64_t, std::vector<Pooled>> pooled;  // by region, a row of strands
    for (const auto& step : unit) {
        const std::vector<Interval> places = places_of(step);
        for (std::size_t s = 0; s < runs_.size(); ++s) {
            read(places, request_.strands[s], runs_[s]);
        }
        for (const Part& part : step) {
            if (request_.level == Level::base) {
                add_bases(part);
                continue;
            }
            auto& strands = pooled[part.region];
            for (std::size_t s = 0; s < runs_.size(); ++s) {
                if (strands.size() <= s) {
                    strands.emplace_back(request_.pool, request_.strands[s], runs_[s].width());
                }
                for (const auto& run : runs_[s].inside(part.place)) strands[s].add(run);
            }
        }
    }
    for (const auto& [number, strands] : pooled) {
        const NamedRegion& region = request_.regions[static_cast<std::size_t>(number)];
        std::vector<float> row;
        for (const Pooled& one : strands) {
            const auto vector = one.vector();
            row.insert(row.end(), vector.begin(), vector.end());
        }
        const std::int64_t missing = region.place.length() - strands[0].bases();
        result_.bases_in_gaps += missing;
        result_.regions_in_gaps += strands[0].bases() == 0 ? 1 : 0;
        const char sign = request_.strands.size() == 2 ? '.' : sign_of(request_.strands[0]);
        rows_->add({region.place, sign, number, std::numeric_limits<float>::quiet_NaN()},
                   row.data());
    }
}

std::vector<ChunkRow> EmbedTask::chunk_rows(const std::vector<Interval>& places, Strand strand) {
    std::vector<ChunkRow> rows;
    std::map<std::int64_t, std::vector<Interval>> by_contig;
    for (const Interval& place : places) by_contig[place.contig].push_back(place);
    evaluate::Wanted wanted;
    wanted.bits = false;
    wanted.boundaries = true;
    for (const auto& [contig, regions] : by_contig) {
        const auto& segments = segments_of(contig);
        ChunkCutter cutter(strand, runner_.num_routed_stages(), segments, regions,
                           [&](std::int64_t stage, const ChunkRow& row) {
                               if (stage == request_.vectors.stage) rows.push_back(row);
                           });
        runner_.run(reference_, segments, cutter.reading(), strand, wanted,
                    [&](const auto& values) { cutter.add(values.sequence.yields, values.stages); },
                    {});
        cutter.end_reading();
        for (auto more = cutter.unread(); !more.empty(); more = cutter.unread()) {
            runner_.run(reference_, segments, more, strand, wanted,
                        [&](const auto& values) {
                            cutter.add_unread(values.sequence.yields, values.stages);
                        },
                        {});
            cutter.end_unread();
        }
    }
    return rows;
}

// A chunk of the main network has a vector of its own; the layers around it are pooled over its
// bases.
void EmbedTask::add_chunk(const ChunkRow& row, std::int64_t region, Strand strand) {
    const VectorRuns& runs = runs_[0];
    Pooled pooled(request_.pool, strand, runs.width());
    Interval place = row.place;
    if (request_.vectors.layer == evaluate::Layer::main) {
        const std::int64_t first = row.first_base(strand);
        place = {place.contig, first, first + 1};
    }
    for (const auto& run : runs.inside(place)) pooled.add(run);
    const auto vector = pooled.vector();
    rows_->add({row.place, sign_of(strand), region, row.probability}, vector.data());
}

void EmbedTask::add_chunk_unit(const Unit& unit, Strand strand) {
    for (const auto& step : unit) {
        const std::vector<ChunkRow> rows = chunk_rows(places_of(step), strand);
        std::vector<Interval> needed;
        if (request_.vectors.layer == evaluate::Layer::main) {
            needed = places_of(step);
        } else {
            for (const ChunkRow& row : rows) needed.push_back(row.place);
            needed = genome::merged(std::move(needed));
        }
        read(needed, strand, runs_[0]);
        for (const Part& part : step) {
            const auto before = [&](const ChunkRow& row, std::int64_t base) {
                return std::pair(row.place.contig, row.first_base(strand)) <
                       std::pair(part.place.contig, base);
            };
            auto row = std::lower_bound(rows.begin(), rows.end(), part.place.begin, before);
            const auto end = std::lower_bound(row, rows.end(), part.place.end, before);
            for (; row != end; ++row) add_chunk(*row, part.region, strand);
        }
    }
}

EmbedResult EmbedTask::run() {
    const bool chunks = request_.level == Level::chunk;
    const std::int64_t row_bytes =
        columns() * static_cast<std::int64_t>(sizeof(float)) + 64;  // of a base, at most
    const auto units = make_units(
        request_.regions, std::clamp<std::int64_t>(kStepBytes / row_bytes, 4096, kMostStepBases));
    std::int64_t bases = 0;
    for (const NamedRegion& region : request_.regions) bases += region.place.length();
    progress_ = std::make_unique<Progress>(
        "embed", bases * static_cast<std::int64_t>(request_.strands.size()), "bp");
    const auto each_unit = [&](const auto& add) {
        for (const Unit& unit : units) {
            throw_if_stopped();
            if (!rows_->begin_unit()) continue;
            add(unit);
            rows_->end_unit();
        }
    };
    if (chunks) {
        for (const Strand strand : request_.strands) {
            each_unit([&](const Unit& unit) { add_chunk_unit(unit, strand); });
        }
    } else {
        each_unit([&](const Unit& unit) { add_unit(unit); });
    }
    progress_->finish();
    result_.columns = columns();
    result_.rows = rows_->close();
    log_info(fmt::format("embed: {} rows of {} numbers", result_.rows, result_.columns));
    if (result_.bases_in_gaps > 0) {
        log_warning(
            fmt::format("embed: {} bases lie in gaps of N and have no vector; {} regions "
                        "hold nothing else",
                        result_.bases_in_gaps, result_.regions_in_gaps));
    }
    return result_;
}

}  // namespace

EmbedResult embed(genome::Reference& reference, const EmbedRequest& request) {
    if (request.regions.empty()) throw usage_error("embed: no region");
    return EmbedTask(reference, request).run();
}

}  // namespace dna_hnet::tasks
