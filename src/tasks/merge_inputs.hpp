#pragma once
// What the inputs of `merge` are. Torch-free.
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/version.hpp"
#include "genome/interval.hpp"

namespace dna_hnet::tasks {

enum class JobKind { chunks, intervals, by_table, bigwig, bigbed, blocks, counts };

// The kind of a job's file, by what it holds. bad_input for a missing file, and one that cannot be
// joined, with what to join instead.
JobKind kind_of(const std::string& path);
std::string kind_name(JobKind kind);

// The files of each job under one suffix: {"universe.bed.gz": {a.universe.bed.gz, ...}}. Empty when
// the inputs are files. bad_input when a job lacks a file that another has; usage error for files
// beside prefixes.
std::map<std::string, std::vector<std::string>> files_of_prefixes(
    const std::vector<std::string>& inputs);

// Keeps in `known`, which `first` has stated, the fingerprints that say most. bad_input where those
// of `path` are of another model or reference.
void require_same_source(Provenance& known, const Provenance& found, const std::string& path,
                         const std::string& first);

// `own` with the fingerprints and settings of the jobs' files, which must agree where they are
// stated; bad_input where they do not.
Provenance joined_provenance(const std::vector<std::string>& paths, JobKind kind, Provenance own);

// Calls `row` with the cells of every row of a table that must have these columns.
void for_each_row(const std::string& path, const std::vector<std::string>& columns,
                  const std::function<void(const std::vector<std::string_view>& cells,
                                           const std::string& place)>& row);
// bad_input naming the place; `what` is the column.
std::int64_t parse_integer(std::string_view cell, const std::string& place, std::string_view what);

// The bases that jobs have read, against those that were asked for (`expected`, merged; contig
// numbers of `contigs`, which may be in any order).
class Coverage {
  public:
    Coverage(const std::vector<genome::Contig>& contigs, std::vector<genome::Interval> regions,
             std::vector<genome::Interval> universe);
    // Intervals in the C order of contig names, merged. bad_input where they are not the universe.
    struct Named {
        std::string contig;
        std::int64_t begin = 0, end = 0;
    };
    void check(const std::vector<Named>& read, const std::string& what) const;
    const std::vector<genome::Contig>& contigs() const { return contigs_; }
    void check_bases(std::int64_t read, const std::string& what) const;  // of the universe
    // Bases of the regions in each 100-kb block.
    std::map<std::pair<std::string, std::int64_t>, std::int64_t> blocks() const;

  private:
    const std::vector<genome::Contig>& contigs_;
    std::vector<genome::Interval> regions_, universe_;
};

}  // namespace dna_hnet::tasks
