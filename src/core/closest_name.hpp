#pragma once
// The name that a mistyped one was probably meant to be, for the hint of an error.
//
//   closest_name("smal", {"tiny", "small"})   -> "small"
//   closest_name("xyzzy", {"tiny", "small"})  -> ""          nothing is near
#include <string>
#include <string_view>
#include <vector>

namespace dna_hnet {

// The candidate with the smallest edit distance without regard to case, the first of equals; empty
// when every candidate differs from `name` in more than half of its letters.
std::string closest_name(std::string_view name, const std::vector<std::string>& candidates);

}  // namespace dna_hnet
