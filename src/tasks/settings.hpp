#pragma once
// What the values of a run depend on beside model, reference and strand (semantics.md section 1),
// as the text that provenance, merged jobs and resumed runs compare. Torch-free.
#include <optional>
#include <string>
#include <vector>

#include "core/atomic_group.hpp"
#include "core/version.hpp"
#include "evaluate/model_runner.hpp"
#include "genome/reference.hpp"

namespace dna_hnet::tasks {

// "mode=windows context=1024", "mode=carry attention_window=4096". `reading.context` must be
// resolved.
std::string settings_of(const evaluate::ReadingOptions& reading);
// FILE.json, which says what made a file of a format without comments; under --no-version none, and
// one of an earlier FILE goes when the group's files appear.
void write_record(const std::string& file, const Provenance& provenance, AtomicGroup* outputs);
// SHA-256 in hex of contig numbers and ends.
std::string digest_of(const std::vector<genome::Interval>& intervals);
// The same of the bases, soft-masked or not, of all contigs that hold a region (absent: of all).
std::string digest_of_bases(genome::Reference& reference,
                            const std::optional<std::vector<genome::Interval>>& regions);

}  // namespace dna_hnet::tasks
