#include "hts/variant_info.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "core/error.hpp"

namespace dna_hnet::hts {
namespace {

[[noreturn]] void fail(const InfoField& field, const std::string& problem) {
    throw run_error(fmt::format("INFO {}: {}", field.id, problem));
}

// The values, of the field's type and as many as there are alternatives.
template <class Values>
const Values& values_of(const InfoField& field, const InfoValue& value, std::size_t alternatives) {
    const auto* const values = std::get_if<Values>(&value);
    if (!values) fail(field, "values of another type than it is declared with");
    if (!values->empty() && values->size() != alternatives) {
        fail(field, fmt::format("got {} values, expected {}", values->size(), alternatives));
    }
    return *values;
}

void update(const bcf_hdr_t& header, bcf1_t& record, const InfoField& field, const void* values,
            std::size_t count, int type) {
    if (bcf_update_info(&header, &record, field.id.c_str(), values, static_cast<int>(count),
                        type) != 0) {
        fail(field, "cannot be put into the record");
    }
}

void put_numbers(const bcf_hdr_t& header, bcf1_t& record, const InfoField& field,
                 std::vector<float> values) {
    bool any = false;
    for (float& value : values) {
        if (std::isnan(value)) {
            bcf_float_set_missing(value);
        } else {
            any = true;
        }
    }
    if (any) update(header, record, field, values.data(), values.size(), BCF_HT_REAL);
}

void put_integers(const bcf_hdr_t& header, bcf1_t& record, const InfoField& field,
                  const std::vector<std::optional<std::int32_t>>& values) {
    std::vector<std::int32_t> numbers;
    bool any = false;
    for (const std::optional<std::int32_t>& value : values) {
        if (value && *value < BCF_MIN_BT_INT32) {
            fail(field, fmt::format("{} is below what a BCF can hold", *value));
        }
        any = any || value;
        numbers.push_back(value.value_or(bcf_int32_missing));
    }
    if (any) update(header, record, field, numbers.data(), numbers.size(), BCF_HT_INT);
}

void put_texts(const bcf_hdr_t& header, bcf1_t& record, const InfoField& field,
               const std::vector<std::string>& values) {
    std::string joined;
    bool any = false;
    for (const std::string& value : values) {
        const bool fits = std::none_of(value.begin(), value.end(), [](char c) {
            return c == ',' || c == ';' || c == '=' || static_cast<unsigned char>(c) <= ' ';
        });
        if (!fits) fail(field, fmt::format("'{}' has a letter that INFO cannot hold", value));
        if (!joined.empty()) joined += ',';
        joined += value.empty() ? "." : value;
        any = any || !value.empty();
    }
    if (any) update(header, record, field, joined.c_str(), 1, BCF_HT_STR);
}

}  // namespace

std::pair<const char*, const char*> number_and_type(const InfoField& field) {
    switch (field.type) {
        case InfoField::Type::number:
            return {"A", "Float"};
        case InfoField::Type::integer:
            return {"A", "Integer"};
        case InfoField::Type::text:
            return {"A", "String"};
        case InfoField::Type::flag:
            return {"0", "Flag"};
    }
    fail(field, "no such type");
}

void remove_info(bcf1_t& record, int key) {
    bcf_unpack(&record, BCF_UN_INFO);
    for (unsigned i = 0; i < record.n_info; ++i) {
        bcf_info_t& info = record.d.info[i];
        if (info.key != key || !info.vptr) continue;
        if (info.vptr_free) std::free(info.vptr - info.vptr_off);
        info.vptr_free = 0;
        info.vptr = nullptr;  // htslib's mark of a field that is gone
        info.vptr_off = 0;
        info.vptr_len = 0;
        info.key = -1;  // so that the field is put at the end, not here
        record.d.shared_dirty |= BCF1_DIRTY_INF;
    }
}

void put_info(const bcf_hdr_t& header, bcf1_t& record, const InfoField& field,
              const InfoValue& value) {
    const std::size_t alternatives = record.n_allele > 0 ? record.n_allele - 1U : 0U;
    switch (field.type) {
        case InfoField::Type::number:
            return put_numbers(header, record, field,
                               values_of<std::vector<float>>(field, value, alternatives));
        case InfoField::Type::integer:
            return put_integers(
                header, record, field,
                values_of<std::vector<std::optional<std::int32_t>>>(field, value, alternatives));
        case InfoField::Type::text:
            return put_texts(header, record, field,
                             values_of<std::vector<std::string>>(field, value, alternatives));
        case InfoField::Type::flag:
            break;
    }
    const bool* const set = std::get_if<bool>(&value);
    if (!set) fail(field, "values of another type than it is declared with");
    if (*set) update(header, record, field, nullptr, 1, BCF_HT_FLAG);
}

}  // namespace dna_hnet::hts
