#pragma once
// Classes of bases that tables report on (semantics.md section 3): unique and softmasked by the
// reference's case, and every --class NAME=FILE.bed. Classes may overlap.
//
//   auto classes = case_classes(*reference, universe);
//   auto cds = bed_class("CDS", hts::read_bed("cds.bed"), "cds.bed", *reference);
//   // "CDS", and with strands in column 6 also "CDS:sense" and "CDS:antisense"
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "genome/bed.hpp"
#include "genome/reference.hpp"

namespace dna_hnet::tasks {

struct BaseClass {
    std::string name;
    // Merged. They differ for sense and antisense alone.
    std::vector<genome::Interval> forward, reverse;
    bool known = true;  // false: its rows are NA

    const std::vector<genome::Interval>& on(genome::Strand strand) const {
        return strand == genome::Strand::forward ? forward : reverse;
    }
};

// A contig with less than this part in lower case has not been soft-masked.
inline constexpr double kLeastSoftMasked = 0.01;

// "unique" and "softmasked" inside `universe` (merged). Contigs of it with less than 1 % lower case
// are in neither and stand in `without_case`; where all are, both classes are not known.
std::vector<BaseClass> case_classes(genome::Reference& reference,
                                    const std::vector<genome::Interval>& universe,
                                    std::vector<std::string>& without_case);

// One class, or three. `place` is the file for messages; bad_input for a record outside the
// reference, or records that are not sorted.
std::vector<BaseClass> bed_class(const std::string& name,
                                 const std::vector<genome::BedRecord>& records,
                                 std::string_view place, const genome::Reference& reference);

// case_classes() and `own`: the classes of a table. Warns of contigs without lower case.
std::vector<BaseClass> table_classes(genome::Reference& reference,
                                     const std::vector<genome::Interval>& universe,
                                     const std::vector<BaseClass>& own);
// Warns of each class that holds no base of the regions (absent: everything) on the strands that
// are read: its rows are NA.
void warn_of_empty_classes(const std::vector<BaseClass>& classes,
                           const std::optional<std::vector<genome::Interval>>& regions,
                           const std::vector<genome::Strand>& strands);
// bad_input, saying why, when the universe holds no base: what is left of `asked` bases outside
// gaps.
void require_bases(const std::vector<genome::Interval>& universe, std::int64_t asked,
                   const genome::Reference& reference);

using NamedFiles = std::vector<std::pair<std::string, std::string>>;
// "NAME=FILE" -> {NAME, FILE}; usage error, naming the option, when one is not that, holds a tab
// or colon in its NAME, or has another's NAME, whose rows would count their bases twice.
NamedFiles parse_named_files(const std::string& option, const std::vector<std::string>& texts);
// The same for --class; usage error for a NAME that is one of the built-in classes or holds a
// blank.
NamedFiles parse_class_options(const std::vector<std::string>& texts);

}  // namespace dna_hnet::tasks
