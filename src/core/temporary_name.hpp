#pragma once
// Names that files have until they are whole, beside their targets: `.x.tsv.tmp.16802-1a2b3c4d.5`
// by process 16802 of the machine 1a2b3c4d, its fifth. Used by core/atomic_file.
#include <filesystem>

namespace dna_hnet {

std::filesystem::path temporary_name(const std::filesystem::path& target);  // a new one

// Removes what killed processes of this machine have left of this target. Each folder is listed
// once: one of parts holds thousands.
void remove_leftovers(const std::filesystem::path& target);

}  // namespace dna_hnet
