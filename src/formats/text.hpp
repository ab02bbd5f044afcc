#pragma once
// Text for readers: numbers with separators, and what may stand in XML and HTML.
#include <cstdint>
#include <string>
#include <string_view>

namespace dna_hnet::formats {

std::string grouped(std::int64_t number);  // 1234567 -> "1,234,567"
// Fixed decimals with a minus sign (U+2212) in front of negative numbers; NA when not finite.
std::string shown(double number, int decimals);

// Text and attribute values of XML and HTML: & < > " ' become entities, bytes that XML may not hold
// (controls, broken UTF-8) become U+FFFD.
std::string escaped(std::string_view text);

}  // namespace dna_hnet::formats
