#pragma once
// From bits of bases to the rows of a table: by split and class, or by interval. Torch-free.
#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "evaluate/score_table.hpp"
#include "formats/tsv.hpp"
#include "genome/bed.hpp"
#include "genome/splits.hpp"
#include "tasks/base_classes.hpp"
#include "tasks/scored_pieces.hpp"

namespace dna_hnet::tasks {

// "forward", "reverse" or, for two strands, "both".
std::string strand_label(const std::vector<genome::Strand>& strands);

// Columns of a score table, of one by interval and of the sums by block; and one row of the first;
// NaN is NA.
const std::vector<std::string>& score_columns();
const std::vector<std::string>& interval_columns();
const std::vector<std::string>& block_columns();
void write_score_row(formats::TsvWriter& table, const evaluate::ScoreRow& row);

// Sums of bases [begin, end) of a piece. `strand` is 0 or 1, or -1 for the mean of all of the
// piece's strands.
evaluate::BlockSums sum_bases(const ScoredPiece& piece, int strand, std::int64_t begin,
                              std::int64_t end);

// By split and class. `splits` absent: the rows of split `all` alone.
class SplitSums {
  public:
    SplitSums(std::vector<std::string> models, const std::vector<BaseClass>& classes,
              const genome::SplitTable* splits, const std::vector<genome::Strand>& strands);
    void add(const ScoredPiece& piece);
    const evaluate::ScoreTable& table() const { return table_; }

  private:
    // Bases of a class that are in it on one of the strands read, or on all of them (-1).
    struct Part {
        int strand;
        std::vector<genome::Interval> intervals;
    };
    struct Parts {
        std::string name;
        std::vector<Part> parts;
    };
    void add_run(const ScoredPiece& piece, const genome::Interval& run, const std::string& split);
    void add_part(const ScoredPiece& piece, const genome::Interval& part, int strand,
                  const std::vector<std::string>& splits, const std::string& klass);
    void open_split(const std::string& split);

    const genome::SplitTable* splits_;
    std::string strand_;
    std::vector<Parts> classes_;
    std::set<std::string> open_;
    evaluate::ScoreTable table_;
};

// A row per interval of a BED, in its order, or per `step` bases from the contig's start, cut to
// the regions; `contig start end name` in front.
class IntervalSums {
  public:
    struct Named {
        genome::Interval where;
        std::string name;
    };
    IntervalSums(std::vector<std::string> models, const std::vector<genome::Contig>& contigs,
                 const std::vector<genome::Strand>& strands, formats::TextSink sink,
                 const Provenance& provenance);
    void use_intervals(std::vector<Named> intervals);
    void use_steps(std::int64_t step) { step_ = step; }
    void add(const ScoredPiece& piece);
    void finish();

  private:
    struct Row {
        Named named;
        std::vector<std::pair<std::int64_t, evaluate::BlockSums>> blocks;
    };
    void add_range(const ScoredPiece& piece, std::int64_t begin, std::int64_t end, Row& row) const;
    void add_steps(const ScoredPiece& piece);
    void write(const Row& row);

    std::vector<std::string> models_;
    const std::vector<genome::Contig>& contigs_;
    std::string strand_;
    formats::TsvWriter writer_;
    std::int64_t step_ = 0, longest_ = 0;
    std::vector<Row> rows_;           // of a BED, in its order; with steps the open one
    std::vector<std::size_t> order_;  // by contig and begin
};

// Integer sums per 100-kb block, for merging jobs: split, class, strand, contig, block, model,
// scored_bases, skipped_bases, bits_units (of 2^-24 bits), in the order of the table's rows, then
// of contig names and blocks.
void write_blocks(const evaluate::ScoreTable& table, const std::vector<genome::Contig>& contigs,
                  const formats::TextSink& sink, const Provenance& provenance);

}  // namespace dna_hnet::tasks
