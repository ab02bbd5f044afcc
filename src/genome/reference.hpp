#pragma once
// A reference genome: contigs with random access to their bases. Implementations:
// hts::IndexedFasta, genome::GenomeCache.
//
//   auto reference = hts::open_reference("genome.fa.gz");
//   std::vector<Base> bases = reference->fetch({0, 100, 200});  // bases 101-200 of the first
//   contig
//
// Handles are not shared between threads: clone() gives another thread its own.
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "genome/alphabet.hpp"
#include "genome/interval.hpp"

namespace dna_hnet::genome {

class Reference {
  public:
    virtual ~Reference() = default;
    virtual const std::vector<Contig>& contigs() const = 0;
    // Writes interval.length() bases to `out`. The interval must lie inside its contig (bad_input
    // otherwise, nothing clamped). Throws bad_input on a byte that is not IUPAC, naming contig and
    // position.
    virtual void fetch_into(const Interval& interval, Base* out) = 0;
    virtual std::unique_ptr<Reference> clone() const = 0;
    virtual const std::string& path() const = 0;
    // Whether the file at path() has these contigs, by these names: not where genomes were joined.
    virtual bool is_file() const { return true; }

    std::vector<Base> fetch(const Interval& interval);
};

// Number of the contig of this name; bad_input with the closest name: `g.fa: no contig '1': the
// FASTA has 'chr1', not '1'`.
std::int64_t contig_index(const Reference& reference, std::string_view name);
// The same for many names. The reference must outlive the table.
class ContigTable {
  public:
    explicit ContigTable(const Reference& reference);
    std::int64_t find(const std::string& name) const;   // -1 when there is none
    std::int64_t index(const std::string& name) const;  // throws as contig_index
    const Reference& reference() const { return *reference_; }

  private:
    const Reference* reference_;
    std::unordered_map<std::string, std::int64_t> numbers_;
};
// Throws bad_input unless the interval lies in its contig: `g.fa: chr1:90-120 ends past the
// contig's end (100)` (1-based).
void check_interval(const Reference& reference, const Interval& interval);
// "chr1:101-200": 1-based, inclusive.
std::string region_text(const Reference& reference, const Interval& interval);
// NAMES, or NAMES.MD5S where all MD5s are known: sha256 of the contigs' names and lengths, and of
// their MD5s.
std::string reference_fingerprint(const std::vector<Contig>& contigs);
// Whether two fingerprints can be of one reference. A FASTA without .dict has no MD5s to compare,
// the genome cache made of it has.
bool same_reference(std::string_view a, std::string_view b);

// One or several references seen as one, contig names LABEL#contig where a label was given
// (semantics.md section 4). The pairs are label (or empty) and reference. One reference without a
// label is returned as it is. Usage error when two contigs get one name.
std::unique_ptr<Reference> join_references(
    std::vector<std::pair<std::string, std::unique_ptr<Reference>>> labelled);

}  // namespace dna_hnet::genome
