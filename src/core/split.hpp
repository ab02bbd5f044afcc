#pragma once
// Fields of a line: split("a\t\tb", '\t') is {"a", "", "b"}; the empty text is one empty field.
#include <string_view>
#include <vector>

namespace dna_hnet {

std::vector<std::string_view> split(std::string_view text, char separator);

}  // namespace dna_hnet
