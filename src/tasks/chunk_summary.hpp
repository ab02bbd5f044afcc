#pragma once
// How many chunks there are and how long they are, by stage, strand and class: the table
// PREFIX.summary.tsv of `dna-hnet boundaries`. Torch-free.
//
// Columns: stage strand class bases chunks forced boundaries_per_base bases_per_chunk, and of the
// chunk length in units of the stage below (bases at stage 0): length_mean length_min length_q05
// length_q25 length_median length_q75 length_q95 length_max. A chunk belongs to the classes of its
// first base in reading direction; boundaries_per_base = chunks / bases.
#include <array>
#include <cstdint>
#include <map>
#include <vector>

#include "core/version.hpp"
#include "formats/tsv.hpp"
#include "tasks/base_classes.hpp"
#include "tasks/chunk_rows.hpp"

namespace dna_hnet::tasks {

class ChunkSummary {
  public:
    // `universe` (merged) is class `all`; `classes` follow in order.
    ChunkSummary(std::int64_t stages, std::vector<genome::Interval> universe,
                 std::vector<BaseClass> classes);
    void add(genome::Strand strand, std::int64_t stage, const ChunkRow& row);
    // Rows of the stages and strands that were asked for.
    void write(formats::TextSink sink, const std::vector<std::int64_t>& stages,
               const std::vector<genome::Strand>& strands, const Provenance& provenance) const;

    std::int64_t chunks(genome::Strand strand, std::int64_t stage) const;
    std::int64_t bases() const { return genome::total_length(universe_); }

  private:
    struct Cell {
        std::int64_t chunks = 0, forced = 0, bases_in_chunks = 0;
        std::map<std::int64_t, std::int64_t> lengths;  // length -> chunks
    };
    using Cells = std::vector<std::vector<Cell>>;  // [stage][class]
    static std::size_t number(genome::Strand strand) {
        return strand == genome::Strand::forward ? 0 : 1;
    }
    void write_row(formats::TsvWriter& table, genome::Strand strand, std::size_t stage,
                   std::size_t index) const;

    std::vector<genome::Interval> universe_;
    std::vector<BaseClass> classes_;
    std::array<Cells, 2> cells_;
};

}  // namespace dna_hnet::tasks
