#include "core/json_reader.hpp"

#include <fmt/format.h>

#include "core/atomic_file.hpp"
#include "core/closest_name.hpp"
#include "core/error.hpp"

namespace dna_hnet {
namespace {

using Json = nlohmann::json;

constexpr int kDeepest = 100;  // messages print values by recursion

// nlohmann keeps the last of two equal keys in silence, and turns integers past 64 bits into
// doubles: both are refused here.
class StrictCallback {
  public:
    explicit StrictCallback(std::string_view place) : place_(place) {}
    bool operator()(int depth, Json::parse_event_t event, Json& parsed) {
        if (depth > kDeepest) {
            throw input_error(fmt::format("{}: nested deeper than {} levels", place_, kDeepest));
        }
        if (event == Json::parse_event_t::object_start) {
            keys_.emplace_back();
        } else if (event == Json::parse_event_t::object_end) {
            keys_.pop_back();
        } else if (event == Json::parse_event_t::key) {
            const auto key = parsed.get<std::string>();
            if (!keys_.back().insert(key).second) {
                throw input_error(
                    fmt::format("{}: key \"{}\" stands twice in one object", place_, key));
            }
        } else if (event == Json::parse_event_t::value && parsed.is_number_float()) {
            const double value = parsed.get<double>();
            if (value >= 18446744073709551616.0 || value <= -9223372036854775808.0) {
                throw input_error(fmt::format("{}: number {} does not fit 64 bits", place_, value));
            }
        }
        return true;
    }

  private:
    std::string_view place_;
    std::vector<std::set<std::string>> keys_;
};

template <class T>
struct TypeText;
template <>
struct TypeText<bool> {
    static constexpr const char* name = "true or false";
    static bool fits(const Json& v) { return v.is_boolean(); }
};
template <>
struct TypeText<std::int64_t> {
    static constexpr const char* name = "an integer";
    static bool fits(const Json& v) {
        return v.is_number_integer() &&
               !(v.is_number_unsigned() && v.get<std::uint64_t>() > 9223372036854775807ULL);
    }
};
template <>
struct TypeText<double> {
    static constexpr const char* name = "a number";
    static bool fits(const Json& v) { return v.is_number(); }
};
template <>
struct TypeText<std::string> {
    static constexpr const char* name = "a string";
    static bool fits(const Json& v) { return v.is_string(); }
};

std::string short_text(const Json& value) {
    std::string text = value.dump(-1, ' ', false, Json::error_handler_t::replace);
    if (text.size() > 60) text = text.substr(0, 57) + "...";
    return text;
}

template <class T>
T convert(const Json& value, const std::string& path) {
    if (!TypeText<T>::fits(value)) {
        throw input_error(
            fmt::format("{}: got {}, expected {}", path, short_text(value), TypeText<T>::name));
    }
    return value.get<T>();
}

template <class T>
std::vector<T> convert_list(const Json& value, const std::string& path) {
    if (!value.is_array()) {
        throw input_error(fmt::format("{}: got {}, expected a list", path, short_text(value)));
    }
    std::vector<T> result;
    for (std::size_t i = 0; i < value.size(); ++i) {
        result.push_back(convert<T>(value[i], fmt::format("{}[{}]", path, i)));
    }
    return result;
}

}  // namespace

Json parse_json(std::string_view text, std::string_view place) {
    try {
        return Json::parse(text, StrictCallback(place));
    } catch (const Json::parse_error& error) {
        throw input_error(fmt::format("{}: not valid JSON at byte {}", place, error.byte));
    } catch (const Json::out_of_range&) {  // 1e999
        throw input_error(
            fmt::format("{}: not valid JSON: a number is past a double's range", place));
    }
}

Json read_json_file(const std::string& path) {
    return parse_json(read_file(path), path);
}

JsonReader::JsonReader(Json value, std::string place)
    : JsonReader(std::move(value), std::move(place), "") {}

JsonReader::JsonReader(Json value, std::string place, std::string path)
    : value_(std::move(value)), place_(std::move(place)), path_(std::move(path)) {
    if (!value_.is_object()) {
        throw input_error(
            fmt::format("{}: got {}, expected an object", this->place(), short_text(value_)));
    }
}

std::string JsonReader::path_of(const std::string& key) const {
    return path_.empty() ? fmt::format("{}: {}", place_, key)
                         : fmt::format("{}: {}.{}", place_, path_, key);
}

void JsonReader::fail(const std::string& key, const std::string& expected) const {
    throw input_error(fmt::format("{}: got {}, expected {}", path_of(key),
                                  has(key) ? short_text(value_.at(key)) : "nothing", expected));
}

const Json& JsonReader::raw(const std::string& key) {
    read_.insert(key);
    if (!value_.contains(key)) {
        std::vector<std::string> others;
        for (const auto& [name, value] : value_.items()) {
            if (!read_.count(name)) others.push_back(name);
        }
        const std::string closest = closest_name(key, others);
        throw input_error(fmt::format("{}: key \"{}\" is missing", place(), key),
                          closest.empty() ? "" : fmt::format("is \"{}\" meant?", closest));
    }
    return value_.at(key);
}

template <class T>
T JsonReader::get(const std::string& key) {
    return convert<T>(raw(key), path_of(key));
}
template bool JsonReader::get<bool>(const std::string&);
template std::int64_t JsonReader::get<std::int64_t>(const std::string&);
template double JsonReader::get<double>(const std::string&);
template std::string JsonReader::get<std::string>(const std::string&);

#define DNA_HNET_LIST_GETTER(T)                                              \
    template <>                                                              \
    std::vector<T> JsonReader::get<std::vector<T>>(const std::string& key) { \
        return convert_list<T>(raw(key), path_of(key));                      \
    }
DNA_HNET_LIST_GETTER(std::int64_t)
DNA_HNET_LIST_GETTER(double)
DNA_HNET_LIST_GETTER(std::string)
#undef DNA_HNET_LIST_GETTER

JsonReader JsonReader::object(const std::string& key) {
    return JsonReader(raw(key), place_, path_.empty() ? key : path_ + "." + key);
}

void JsonReader::finish() const {
    for (const auto& [key, value] : value_.items()) {
        if (!read_.count(key)) {
            throw input_error(fmt::format("{}: unknown key \"{}\"", place(), key));
        }
    }
}

}  // namespace dna_hnet
