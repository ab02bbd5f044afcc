#pragma once
// How many chunks there are and how long they are, by stage, strand and class: the table
// PREFIX.summary.tsv of `dna-hnet boundaries`. Torch-free.
//
// Columns: stage strand class bases chunks forced boundaries_per_base bases_per_chunk, and of the
// chunk length in units of the stage below (bases at stage 0): length_mean length_min length_q05
// length_q25 length_median length_q75 length_q95 length_max. A chunk belongs to the classes of its
// first base in reading direction; boundaries_per_base = chunks / bases.
//
// PREFIX.counts.tsv holds the integer sums behind it, from which the sums of scattered jobs are
// joined: stage strand class bases forced bases_in_chunks lengths, lengths being LENGTH:CHUNKS
// separated by commas.
#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/version.hpp"
#include "formats/tsv.hpp"
#include "tasks/base_classes.hpp"
#include "tasks/chunk_rows.hpp"

namespace dna_hnet::tasks {

// Sums of one stage, strand and class.
struct ChunkSums {
    std::int64_t stage = 0;
    std::string strand, klass;
    bool known = false;  // false: a class of which nothing is known here; its rows are NA
    std::int64_t bases = 0, forced = 0, bases_in_chunks = 0;
    std::map<std::int64_t, std::int64_t> lengths;  // length -> chunks
    std::int64_t chunks() const;
    void add(const ChunkSums& other);  // of the same stage, strand and class, other bases
};

const std::vector<std::string>& chunk_sum_columns();
void write_chunk_sums(formats::TextSink sink, const std::vector<ChunkSums>& sums,
                      const Provenance& provenance);
void write_chunk_summary(formats::TextSink sink, const std::vector<ChunkSums>& sums,
                         const Provenance& provenance);

class ChunkSummary {
  public:
    // `universe` (merged) is class `all`; `classes` follow in order.
    ChunkSummary(std::int64_t stages, std::vector<genome::Interval> universe,
                 std::vector<BaseClass> classes);
    void add(genome::Strand strand, std::int64_t stage, const ChunkRow& row);
    // Of the stages and strands that were asked for, in this order, class by class.
    std::vector<ChunkSums> sums(const std::vector<std::int64_t>& stages,
                                const std::vector<genome::Strand>& strands) const;

    std::int64_t chunks(genome::Strand strand, std::int64_t stage) const;
    std::int64_t bases() const { return genome::total_length(universe_); }

  private:
    using Cells = std::vector<std::vector<ChunkSums>>;  // [stage][class]
    static std::size_t number(genome::Strand strand) {
        return strand == genome::Strand::forward ? 0 : 1;
    }
    std::vector<genome::Interval> universe_;
    std::vector<BaseClass> classes_;
    std::array<Cells, 2> cells_;
};

}  // namespace dna_hnet::tasks
