#pragma once
// Files by name, with and without htslib.
#include <memory>
#include <string>
#include <vector>

#include "core/atomic_group.hpp"
#include "formats/tsv.hpp"
#include "genome/bed.hpp"
#include "genome/reference.hpp"
#include "tasks/base_classes.hpp"

namespace dna_hnet::apps {

// FASTAs or genome caches, by suffix, as [LABEL=]FILE; a build without htslib reads genome caches
// only.
std::unique_ptr<genome::Reference> open_genomes(const std::vector<std::string>& texts);
std::vector<genome::BedRecord> read_bed_file(const std::string& path);
// The intervals of a sorted BED, merged; bad_input when it has none.
std::vector<genome::Interval> read_intervals(const std::string& path,
                                             const genome::Reference& reference);
// The classes of --class NAME=FILE.bed.
std::vector<tasks::BaseClass> read_classes(const std::vector<std::string>& texts,
                                           const genome::Reference& reference);
// A text that is whole already, as TextOutput writes it.
void write_text(const std::string& target, const std::string& text);

// A text result that grows as it is computed: `-` is standard output, .gz is compressed where the
// build has htslib. A file appears whole, at close(), or with its group.
class TextOutput {
  public:
    explicit TextOutput(const std::string& target, AtomicGroup* group = nullptr);
    ~TextOutput();
    TextOutput(const TextOutput&) = delete;
    TextOutput& operator=(const TextOutput&) = delete;
    formats::TextSink sink();
    void close();

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace dna_hnet::apps
