#pragma once
// Bytes of a little-endian binary file, in and out.
#include <bit>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

namespace dna_hnet::tracks {

static_assert(std::endian::native == std::endian::little);

template <class... Values>
void append_bytes(std::string& text, Values... values) {
    static_assert((std::is_arithmetic_v<Values> && ...));
    (text.append(reinterpret_cast<const char*>(&values), sizeof values), ...);
}

// The value at byte `offset`, which the caller has checked to lie in `bytes`.
template <class Value>
Value value_at(std::string_view bytes, std::size_t offset) {
    Value value;
    std::memcpy(&value, bytes.data() + offset, sizeof value);
    return value;
}

}  // namespace dna_hnet::tracks
