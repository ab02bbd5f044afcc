#pragma once
// Where the rows of `embed` go: straight into the file, or by way of parts on disk from which an
// interrupted run goes on. Torch-free.
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/atomic_file.hpp"
#include "embedding_store/embedding_file.hpp"
#include "tasks/parts_folder.hpp"

namespace dna_hnet::tasks {

class EmbedRows {
  public:
    // `signature`: everything that the rows depend on. With `keep_parts` the rows of every unit of
    // work go to TARGET.parts/, whose units are taken over when they were made under the same
    // signature; usage error when under another.
    EmbedRows(const std::string& target, embedding_store::EmbeddingSpec spec,
              const std::string& signature, bool keep_parts);

    // Units are begun and ended one after another. False: its rows are there already.
    bool begin_unit();
    void add(const embedding_store::EmbeddingRow& row, const float* values);
    void end_unit();
    // Puts the parts into the file, and removes them. The number of rows.
    std::int64_t close();

  private:
    std::filesystem::path part(std::int64_t unit) const;
    void read_part(std::int64_t unit);

    std::string target_;
    embedding_store::EmbeddingSpec spec_;
    std::unique_ptr<embedding_store::EmbeddingWriter> writer_;  // with parts, at the end only
    std::optional<PartsFolder> parts_;
    std::int64_t unit_ = 0;
    std::unique_ptr<AtomicFile> open_;
};

}  // namespace dna_hnet::tasks
