#pragma once
// Strict JSON: duplicate keys, integers past 64 bits, unknown keys and wrong types are errors that
// name the file and the path inside it, as `config.json: model.d_model[1]: got "x", expected an
// integer`.
//
//   JsonReader root(parse_json(text, "config.json"), "config.json");
//   auto steps = root.get<std::int64_t>("steps");          // required
//   auto seed = root.get_or<std::int64_t>("seed", 1);      // optional
//   JsonReader model = root.object("model");
//   root.finish();                                         // an unread key is an error
#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace dna_hnet {

// `place` is the file name for messages. `kind` of errors: bad_input.
nlohmann::json parse_json(std::string_view text, std::string_view place);
nlohmann::json read_json_file(const std::string& path);

class JsonReader {
  public:
    JsonReader(nlohmann::json value, std::string place);

    bool has(const std::string& key) const { return value_.contains(key); }
    // T: bool, std::int64_t, double (integers are accepted), std::string, and std::vector of these.
    template <class T>
    T get(const std::string& key);
    template <class T>
    T get_or(const std::string& key, T fallback) {
        return has(key) ? get<T>(key) : fallback;
    }
    JsonReader object(const std::string& key);
    // The raw value, marked as read; the caller checks it.
    const nlohmann::json& raw(const std::string& key);
    void finish() const;
    [[noreturn]] void fail(const std::string& key, const std::string& expected) const;
    // "config.json", or "config.json: model.ssm_cfg" for a nested object.
    std::string place() const { return path_.empty() ? place_ : place_ + ": " + path_; }

  private:
    JsonReader(nlohmann::json value, std::string place, std::string path);
    std::string path_of(const std::string& key) const;  // "config.json: model.d_model"

    nlohmann::json value_;
    std::string place_, path_;
    std::set<std::string> read_;
};

}  // namespace dna_hnet
