#include "tasks/chunk_summary.hpp"

#include <fmt/format.h>

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

void write_row(formats::TsvWriter& table, const ChunkSums& sums) {
    table.integer(sums.stage).text(sums.strand).text(sums.klass);
    constexpr int kNumbers = 13;
    if (!sums.known) {
        for (int i = 0; i < kNumbers; ++i) table.missing();
        table.end_row();
        return;
    }
    const auto ratio = [](std::int64_t a, std::int64_t b) {
        return static_cast<double>(a) / static_cast<double>(b);  // 0 / 0 is NaN, written NA
    };
    const std::int64_t chunks = sums.chunks();
    table.integer(sums.bases).integer(chunks).integer(sums.forced);
    if (chunks == 0) {
        table.number(sums.bases == 0 ? ratio(0, 0) : 0.0);
        for (int i = 4; i < kNumbers; ++i) table.missing();
        table.end_row();
        return;
    }
    double sum = 0;
    for (const auto& [length, count] : sums.lengths) {
        sum += static_cast<double>(length) * static_cast<double>(count);
    }
    table.number(ratio(chunks, sums.bases)).number(ratio(sums.bases_in_chunks, chunks), 3);
    table.number(sum / static_cast<double>(chunks), 3);
    table.integer(sums.lengths.begin()->first);
    for (const double part : {0.05, 0.25, 0.5, 0.75, 0.95}) {
        table.integer(quantile(sums.lengths, chunks, part));
    }
    table.integer(sums.lengths.rbegin()->first).end_row();
}

}  // namespace

std::int64_t ChunkSums::chunks() const {
    std::int64_t all = 0;
    for (const auto& [length, count] : lengths) all += count;
    return all;
}

void ChunkSums::add(const ChunkSums& other) {
    known = known || other.known;
    bases += other.bases;
    forced += other.forced;
    bases_in_chunks += other.bases_in_chunks;
    for (const auto& [length, count] : other.lengths) lengths[length] += count;
}

const std::vector<std::string>& chunk_sum_columns() {
    static const std::vector<std::string> columns = {"stage",  "strand",          "class",  "bases",
                                                     "forced", "bases_in_chunks", "lengths"};
    return columns;
}

void write_chunk_sums(formats::TextSink sink, const std::vector<ChunkSums>& sums,
                      const Provenance& provenance) {
    formats::TsvWriter table(std::move(sink), chunk_sum_columns(), provenance);
    for (const ChunkSums& one : sums) {
        table.integer(one.stage).text(one.strand).text(one.klass);
        if (!one.known) {
            table.missing().missing().missing().missing().end_row();
            continue;
        }
        std::string lengths;
        for (const auto& [length, count] : one.lengths) {
            lengths += fmt::format("{}{}:{}", lengths.empty() ? "" : ",", length, count);
        }
        table.integer(one.bases).integer(one.forced).integer(one.bases_in_chunks);
        table.text(lengths).end_row();
    }
}

void write_chunk_summary(formats::TextSink sink, const std::vector<ChunkSums>& sums,
                         const Provenance& provenance) {
    formats::TsvWriter table(
        std::move(sink),
        {"stage", "strand", "class", "bases", "chunks", "forced", "boundaries_per_base",
         "bases_per_chunk", "length_mean", "length_min", "length_q05", "length_q25",
         "length_median", "length_q75", "length_q95", "length_max"},
        provenance);
    for (const ChunkSums& one : sums) write_row(table, one);
}

ChunkSummary::ChunkSummary(std::int64_t stages, std::vector<Interval> universe,
                           std::vector<BaseClass> classes)
    : universe_(std::move(universe)), classes_(std::move(classes)) {
    classes_.insert(classes_.begin(), BaseClass{"all", universe_, universe_, true});
    for (Cells& cells : cells_) {
        cells.assign(static_cast<std::size_t>(stages), std::vector<ChunkSums>(classes_.size()));
    }
}

void ChunkSummary::add(genome::Strand strand, std::int64_t stage, const ChunkRow& row) {
    auto& cells = cells_[number(strand)][static_cast<std::size_t>(stage)];
    const std::int64_t first = row.first_base(strand);
    for (std::size_t c = 0; c < classes_.size(); ++c) {
        if (c > 0 && !holds(classes_[c].on(strand), row.place.contig, first)) continue;
        ChunkSums& cell = cells[c];
        cell.forced += row.forced;
        cell.bases_in_chunks += row.place.length();
        ++cell.lengths[row.length];
    }
}

std::int64_t ChunkSummary::chunks(genome::Strand strand, std::int64_t stage) const {
    return cells_[number(strand)][static_cast<std::size_t>(stage)][0].chunks();
}

std::vector<ChunkSums> ChunkSummary::sums(const std::vector<std::int64_t>& stages,
                                          const std::vector<genome::Strand>& strands) const {
    std::vector<ChunkSums> all;
    for (const std::int64_t stage : stages) {
        for (const genome::Strand strand : strands) {
            for (std::size_t c = 0; c < classes_.size(); ++c) {
                const BaseClass& klass = classes_[c];
                ChunkSums cell = cells_[number(strand)][static_cast<std::size_t>(stage)][c];
                cell.stage = stage;
                cell.strand = strand == genome::Strand::forward ? "forward" : "reverse";
                cell.klass = klass.name;
                cell.known = klass.known;
                cell.bases =
                    genome::total_length(genome::intersection(klass.on(strand), universe_));
                all.push_back(std::move(cell));
            }
        }
    }
    return all;
}

}  // namespace dna_hnet::tasks
