#include "tasks/chunk_summary.hpp"

#include <algorithm>

namespace dna_hnet::tasks {
namespace {

using genome::Interval;

bool holds(const std::vector<Interval>& merged, std::int64_t contig, std::int64_t base) {
    const auto after = std::upper_bound(merged.begin(), merged.end(), Interval{contig, base, 0},
                                        [](const Interval& place, const Interval& interval) {
                                            return place.contig != interval.contig
                                                       ? place.contig < interval.contig
                                                       : place.begin < interval.begin;
                                        });
    if (after == merged.begin()) return false;
    const Interval& last = *(after - 1);
    return last.contig == contig && base < last.end;
}

// The smallest length that at least `part` of the chunks do not exceed.
std::int64_t quantile(const std::map<std::int64_t, std::int64_t>& lengths, std::int64_t chunks,
                      double part) {
    std::int64_t seen = 0;
    for (const auto& [length, count] : lengths) {
        seen += count;
        if (static_cast<double>(seen) >= part * static_cast<double>(chunks)) return length;
    }
    return lengths.rbegin()->first;
}

}  // namespace

ChunkSummary::ChunkSummary(std::int64_t stages, std::vector<Interval> universe,
                           std::vector<BaseClass> classes)
    : universe_(std::move(universe)), classes_(std::move(classes)) {
    classes_.insert(classes_.begin(), BaseClass{"all", universe_, universe_, true});
    for (Cells& cells : cells_) {
        cells.assign(static_cast<std::size_t>(stages), std::vector<Cell>(classes_.size()));
    }
}

void ChunkSummary::add(genome::Strand strand, std::int64_t stage, const ChunkRow& row) {
    auto& cells = cells_[number(strand)][static_cast<std::size_t>(stage)];
    const std::int64_t first = row.first_base(strand);
    for (std::size_t c = 0; c < classes_.size(); ++c) {
        if (c > 0 && !holds(classes_[c].on(strand), row.place.contig, first)) continue;
        Cell& cell = cells[c];
        ++cell.chunks;
        cell.forced += row.forced;
        cell.bases_in_chunks += row.place.length();
        ++cell.lengths[row.length];
    }
}

std::int64_t ChunkSummary::chunks(genome::Strand strand, std::int64_t stage) const {
    return cells_[number(strand)][static_cast<std::size_t>(stage)][0].chunks;
}

void ChunkSummary::write_row(formats::TsvWriter& table, genome::Strand strand, std::size_t stage,
                             std::size_t index) const {
    const Cell& cell = cells_[number(strand)][stage][index];
    const BaseClass& klass = classes_[index];
    table.integer(static_cast<std::int64_t>(stage));
    table.text(strand == genome::Strand::forward ? "forward" : "reverse").text(klass.name);
    constexpr int kNumbers = 13;
    if (!klass.known) {
        for (int i = 0; i < kNumbers; ++i) table.missing();
        table.end_row();
        return;
    }
    const std::int64_t bases =
        genome::total_length(genome::intersection(klass.on(strand), universe_));
    const auto ratio = [](std::int64_t a, std::int64_t b) {
        return static_cast<double>(a) / static_cast<double>(b);  // 0 / 0 is NaN, written NA
    };
    table.integer(bases).integer(cell.chunks).integer(cell.forced);
    if (cell.chunks == 0) {
        table.number(bases == 0 ? ratio(0, 0) : 0.0);
        for (int i = 4; i < kNumbers; ++i) table.missing();
        table.end_row();
        return;
    }
    double sum = 0;
    for (const auto& [length, count] : cell.lengths) {
        sum += static_cast<double>(length) * static_cast<double>(count);
    }
    table.number(ratio(cell.chunks, bases)).number(ratio(cell.bases_in_chunks, cell.chunks), 3);
    table.number(sum / static_cast<double>(cell.chunks), 3);
    table.integer(cell.lengths.begin()->first);
    for (const double part : {0.05, 0.25, 0.5, 0.75, 0.95}) {
        table.integer(quantile(cell.lengths, cell.chunks, part));
    }
    table.integer(cell.lengths.rbegin()->first).end_row();
}

void ChunkSummary::write(formats::TextSink sink, const std::vector<std::int64_t>& stages,
                         const std::vector<genome::Strand>& strands,
                         const Provenance& provenance) const {
    formats::TsvWriter table(
        std::move(sink),
        {"stage", "strand", "class", "bases", "chunks", "forced", "boundaries_per_base",
         "bases_per_chunk", "length_mean", "length_min", "length_q05", "length_q25",
         "length_median", "length_q75", "length_q95", "length_max"},
        provenance);
    for (const std::int64_t stage : stages) {
        for (const genome::Strand strand : strands) {
            for (std::size_t c = 0; c < classes_.size(); ++c) {
                write_row(table, strand, static_cast<std::size_t>(stage), c);
            }
        }
    }
}

}  // namespace dna_hnet::tasks
