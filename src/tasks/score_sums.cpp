#include "tasks/score_sums.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "genome/bed.hpp"

namespace dna_hnet::tasks {
namespace {

using evaluate::BlockSums;
using evaluate::kBlockBases;
using genome::Interval;
using genome::Strand;

// Calls `visit` with the parts of `inside` that lie in `sorted` (merged).
template <class Visit>
void for_overlaps(const std::vector<Interval>& sorted, const Interval& inside, Visit visit) {
    auto next = std::upper_bound(
        sorted.begin(), sorted.end(), inside, [](const Interval& place, const Interval& other) {
            return std::pair(place.contig, place.begin) < std::pair(other.contig, other.end);
        });
    for (; next != sorted.end() && next->contig == inside.contig && next->begin < inside.end;
         ++next) {
        visit(Interval{inside.contig, std::max(next->begin, inside.begin),
                       std::min(next->end, inside.end)});
    }
}

// Calls `visit` with the parts of `range` that lie in one block each.
template <class Visit>
void for_blocks(const Interval& range, Visit visit) {
    for (std::int64_t begin = range.begin; begin < range.end;) {
        const std::int64_t block = begin / kBlockBases;
        const std::int64_t end = std::min(range.end, (block + 1) * kBlockBases);
        visit(block, begin, end);
        begin = end;
    }
}

std::vector<std::string> class_names(const std::vector<BaseClass>& classes) {
    std::vector<std::string> names{"all"};
    for (const BaseClass& one : classes) names.push_back(one.name);
    return names;
}

}  // namespace

std::string strand_label(const std::vector<Strand>& strands) {
    if (strands.size() == 2) return "both";
    return strands.at(0) == Strand::forward ? "forward" : "reverse";
}

const std::vector<std::string>& score_columns() {
    static const std::vector<std::string> columns = {
        "split",         "class",         "strand",    "model",   "scored_bases",
        "skipped_bases", "bits_per_base", "ci_low",    "ci_high", "delta_vs_model",
        "delta_ci_low",  "delta_ci_high", "perplexity"};
    return columns;
}

const std::vector<std::string>& block_columns() {
    static const std::vector<std::string> columns = {"split",        "class",         "strand",
                                                     "contig",       "block",         "model",
                                                     "scored_bases", "skipped_bases", "bits_units"};
    return columns;
}

const std::vector<std::string>& interval_columns() {
    static const std::vector<std::string> columns = [] {
        std::vector<std::string> names{"contig", "start", "end", "name"};
        names.insert(names.end(), score_columns().begin(), score_columns().end());
        return names;
    }();
    return columns;
}

void write_score_row(formats::TsvWriter& table, const evaluate::ScoreRow& row) {
    table.text(row.split).text(row.klass).text(row.strand).text(row.model);
    table.integer(row.scored_bases).integer(row.skipped_bases);
    table.number(row.bits_per_base).number(row.ci_low).number(row.ci_high);
    table.number(row.delta).number(row.delta_ci_low).number(row.delta_ci_high);
    table.number(std::exp2(row.bits_per_base));
    table.end_row();
}

BlockSums sum_bases(const ScoredPiece& piece, int strand, std::int64_t begin, std::int64_t end) {
    BlockSums sums;
    const auto first = static_cast<std::size_t>(begin - piece.where.begin);
    const auto last = static_cast<std::size_t>(end - piece.where.begin);
    for (std::size_t i = first; i < last; ++i) {
        if (genome::is_acgt(piece.bases[i])) ++sums.scored;
    }
    sums.skipped = end - begin - sums.scored;
    for (const auto& strands : piece.bits) {
        const bool mean = strand < 0 && strands.size() == 2;
        const auto& one = strands[static_cast<std::size_t>(std::max(strand, 0))];
        std::int64_t units = 0;
        for (std::size_t i = first; i < last; ++i) {
            const float bits = mean ? 0.5F * (strands[0][i] + strands[1][i]) : one[i];
            units += evaluate::bits_to_units(bits);
        }
        sums.units.push_back(units);
    }
    return sums;
}

SplitSums::SplitSums(std::vector<std::string> models, const std::vector<BaseClass>& classes,
                     const genome::SplitTable* splits, const std::vector<Strand>& strands)
    : splits_(splits),
      strand_(strand_label(strands)),
      table_(std::move(models), class_names(classes)) {
    for (const BaseClass& one : classes) {
        Parts parts{one.name, {}};
        if (strands.size() == 1) {
            parts.parts.push_back({0, one.on(strands[0])});
        } else {
            // A base that is in the class on one strand only has that strand's bits.
            parts.parts.push_back({-1, genome::intersection(one.forward, one.reverse)});
            parts.parts.push_back({0, genome::difference(one.forward, one.reverse)});
            parts.parts.push_back({1, genome::difference(one.reverse, one.forward)});
        }
        classes_.push_back(std::move(parts));
    }
    open_split("all");
}

// Every class has a row in every split, without bases if need be.
void SplitSums::open_split(const std::string& split) {
    if (!open_.insert(split).second) return;
    table_.add(split, "all", strand_, 0, 0, {});
    for (const Parts& klass : classes_) table_.add(split, klass.name, strand_, 0, 0, {});
}

void SplitSums::add_part(const ScoredPiece& piece, const Interval& part, int strand,
                         const std::vector<std::string>& splits, const std::string& klass) {
    for_blocks(part, [&](std::int64_t block, std::int64_t begin, std::int64_t end) {
        const BlockSums sums = sum_bases(piece, strand, begin, end);
        for (const std::string& split : splits) {
            table_.add(split, klass, strand_, piece.where.contig, block, sums);
        }
    });
}

void SplitSums::add_run(const ScoredPiece& piece, const Interval& run, const std::string& split) {
    std::vector<std::string> splits{"all"};
    if (!split.empty()) {
        open_split(split);
        splits.push_back(split);
    }
    add_part(piece, run, -1, splits, "all");
    for (const Parts& klass : classes_) {
        for (const Part& part : klass.parts) {
            for_overlaps(part.intervals, run, [&](const Interval& inside) {
                add_part(piece, inside, part.strand, splits, klass.name);
            });
        }
    }
}

void SplitSums::add(const ScoredPiece& piece) {
    if (!splits_) return add_run(piece, piece.where, "");
    for (const auto& [run, split] : splits_->runs(piece.where)) {
        add_run(piece, run, std::string(genome::split_name(split)));
    }
}

IntervalSums::IntervalSums(std::vector<std::string> models,
                           const std::vector<genome::Contig>& contigs,
                           const std::vector<Strand>& strands, formats::TextSink sink,
                           const Provenance& provenance)
    : models_(std::move(models)),
      contigs_(contigs),
      strand_(strand_label(strands)),
      writer_(std::move(sink), interval_columns(), provenance) {}

void IntervalSums::use_intervals(std::vector<Named> intervals) {
    for (Named& named : intervals) {
        longest_ = std::max(longest_, named.where.length());
        rows_.push_back({std::move(named), {}});
    }
    order_.resize(rows_.size());
    std::iota(order_.begin(), order_.end(), 0);
    std::stable_sort(order_.begin(), order_.end(), [&](std::size_t a, std::size_t b) {
        return rows_[a].named.where < rows_[b].named.where;
    });
}

void IntervalSums::add_range(const ScoredPiece& piece, std::int64_t begin, std::int64_t end,
                             Row& row) const {
    for_blocks({piece.where.contig, begin, end},
               [&](std::int64_t block, std::int64_t first, std::int64_t last) {
                   const BlockSums sums = sum_bases(piece, -1, first, last);
                   if (row.blocks.empty() || row.blocks.back().first != block) {
                       row.blocks.emplace_back(block, sums);
                   } else {
                       row.blocks.back().second.add(sums);
                   }
               });
}

void IntervalSums::add_steps(const ScoredPiece& piece) {
    const Interval& where = piece.where;
    for (std::int64_t begin = where.begin; begin < where.end;) {
        const std::int64_t end = std::min(where.end, (begin / step_ + 1) * step_);
        const bool goes_on = !rows_.empty() && rows_[0].named.where.contig == where.contig &&
                             rows_[0].named.where.end == begin && begin % step_ != 0;
        if (!goes_on) {
            if (!rows_.empty()) write(rows_[0]);
            rows_.assign(1, Row{{{where.contig, begin, begin}, ""}, {}});
        }
        rows_[0].named.where.end = end;
        add_range(piece, begin, end, rows_[0]);
        begin = end;
    }
}

void IntervalSums::add(const ScoredPiece& piece) {
    if (step_ > 0) return add_steps(piece);
    const Interval& where = piece.where;
    const Interval from{where.contig, where.begin - longest_, 0};
    auto next = std::lower_bound(
        order_.begin(), order_.end(), from,
        [&](std::size_t row, const Interval& place) { return rows_[row].named.where < place; });
    for (; next != order_.end(); ++next) {
        Row& row = rows_[*next];
        if (row.named.where.contig != where.contig || row.named.where.begin >= where.end) break;
        const std::int64_t begin = std::max(where.begin, row.named.where.begin);
        const std::int64_t end = std::min(where.end, row.named.where.end);
        if (begin < end) add_range(piece, begin, end, row);
    }
}

void IntervalSums::write(const Row& row) {
    const Interval& where = row.named.where;
    genome::require_row_name(contigs_[static_cast<std::size_t>(where.contig)].name);
    evaluate::ScoreTable table(models_);
    table.add("all", "all", strand_, where.contig, 0, {});
    for (const auto& [block, sums] : row.blocks) {
        table.add("all", "all", strand_, where.contig, block, sums);
    }
    for (const evaluate::ScoreRow& line : table.rows()) {
        writer_.text(contigs_[static_cast<std::size_t>(where.contig)].name);
        writer_.integer(where.begin).integer(where.end).text(row.named.name);
        write_score_row(writer_, line);
    }
}

void IntervalSums::finish() {
    for (const Row& row : rows_) write(row);
    rows_.clear();
}

void write_blocks(const evaluate::ScoreTable& table, const std::vector<genome::Contig>& contigs,
                  const formats::TextSink& sink, const Provenance& provenance) {
    formats::TsvWriter writer(sink, block_columns(), provenance);
    std::string cell[3];  // split, class, strand of the sums that wait
    std::map<std::pair<std::string, std::int64_t>, BlockSums> waiting;
    const auto flush = [&] {
        for (const auto& [place, sums] : waiting) {
            for (std::size_t m = 0; m < table.models().size(); ++m) {
                writer.text(cell[0]).text(cell[1]).text(cell[2]);
                writer.text(place.first).integer(place.second);
                writer.text(table.models()[m]).integer(sums.scored).integer(sums.skipped);
                writer.integer(sums.units[m]).end_row();
            }
        }
        waiting.clear();
    };
    table.for_each_block([&](const std::string& split, const std::string& klass,
                             const std::string& strand, std::int64_t contig, std::int64_t block,
                             const BlockSums& sums) {
        if (cell[0] != split || cell[1] != klass || cell[2] != strand) {
            flush();
            cell[0] = split;
            cell[1] = klass;
            cell[2] = strand;
        }
        waiting[{contigs[static_cast<std::size_t>(contig)].name, block}] = sums;
    });
    flush();
}

}  // namespace dna_hnet::tasks
