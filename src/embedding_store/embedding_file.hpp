#pragma once
// HDF5 files of embeddings, written row by row (semantics.md section 9).
//
// Layout hdf5: /X (rows, columns), and for every row /contig /start /end /strand /stage /region
// (the region's number, from 0) and /boundary_prob; /region_name has a name per region. What the
// file is stands in attributes of the root. Layout anndata: as anndata 0.8 reads it, with /X, /obs,
// /var and /uns. Coordinates are 0-based, half-open.
//
//   EmbeddingWriter writer("x.h5", spec);
//   writer.add({contig, 100, 200, '+', 0, 1.0F}, values);   // spec.columns of them
//   writer.close();
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "genome/interval.hpp"

namespace dna_hnet::embedding_store {

enum class Layout { hdf5, anndata };

struct EmbeddingSpec {
    Layout layout = Layout::hdf5;
    bool half = false;  // float16; else float32
    std::int64_t columns = 0;
    std::int64_t stage = 0;
    std::vector<std::string> column_names;  // of /var, one per column
    std::vector<genome::Contig> contigs;
    std::vector<std::string> region_names;
    std::vector<std::pair<std::string, std::string>> attributes;  // names and texts
};

struct EmbeddingRow {
    genome::Interval place;
    char strand = '.';
    std::int64_t region = 0;
    float boundary_probability = 1;  // of the chunk; NaN where the row is no chunk
};

class EmbeddingWriter {
  public:
    // run_failed when the file cannot be made, and later when it cannot be written; a half-written
    // file never has the target's name.
    EmbeddingWriter(const std::string& target, EmbeddingSpec spec);
    ~EmbeddingWriter();
    EmbeddingWriter(const EmbeddingWriter&) = delete;
    EmbeddingWriter& operator=(const EmbeddingWriter&) = delete;

    // run_failed for a value beyond float16's range where that was asked for.
    void add(const EmbeddingRow& row, const float* values);
    void close();
    std::int64_t rows() const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace dna_hnet::embedding_store
