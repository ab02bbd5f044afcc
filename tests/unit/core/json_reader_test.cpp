#include "core/json_reader.hpp"

#include "core/atomic_file.hpp"
#include "support/test.hpp"

using namespace dna_hnet;

namespace {

JsonReader reader(const std::string& text) {
    return {parse_json(text, "c.json"), "c.json"};
}

}  // namespace

TEST_CASE("json: values of every type") {
    JsonReader root =
        reader(R"({"b": true, "i": -9223372036854775808, "d": 2, "s": "x\n", "list": [1, 2],
                                 "real": [1, 2.5], "words": ["a"], "inner": {"deep": {"i": 3}}})");
    CHECK(root.get<bool>("b"));
    CHECK(root.get<std::int64_t>("i") == std::numeric_limits<std::int64_t>::min());
    CHECK(root.get<double>("d") == 2.0);
    CHECK(root.get<std::string>("s") == "x\n");
    CHECK(root.get<std::vector<std::int64_t>>("list") == std::vector<std::int64_t>{1, 2});
    CHECK(root.get<std::vector<double>>("real") == std::vector<double>{1, 2.5});
    CHECK(root.get<std::vector<std::string>>("words") == std::vector<std::string>{"a"});
    CHECK(root.get_or<std::int64_t>("absent", 7) == 7);
    JsonReader inner = root.object("inner");
    JsonReader deep = inner.object("deep");
    CHECK(deep.place() == "c.json: inner.deep");
    CHECK(deep.get<std::int64_t>("i") == 3);
    CHECK_NOTHROW(root.finish());
}

TEST_CASE("json: an error names file, path, what stands there and what is expected") {
    const auto message = [](const std::string& text, auto action) {
        const Error error = test::error_of([&] {
            JsonReader root = reader(text);
            action(root);
        });
        CHECK(error.kind() == ErrorKind::bad_input);
        return std::string(error.what());
    };
    using Ints = std::vector<std::int64_t>;
    CHECK(message(R"({"model": {"d_model": [1, "x"]}})", [](JsonReader& r) {
              r.object("model").get<Ints>("d_model");
          }) == "c.json: model.d_model[1]: got \"x\", expected an integer");
    CHECK(message(R"({"a": 1.0})", [](JsonReader& r) { r.get<std::int64_t>("a"); }) ==
          "c.json: a: got 1.0, expected an integer");
    CHECK(message(R"({"a": 9223372036854775808})", [](JsonReader& r) {
              r.get<std::int64_t>("a");
          }) == "c.json: a: got 9223372036854775808, expected an integer");
    CHECK(message(R"({"a": true})", [](JsonReader& r) { r.get<double>("a"); }) ==
          "c.json: a: got true, expected a number");
    CHECK(message(R"({"a": 1})", [](JsonReader& r) { r.get<Ints>("a"); }) ==
          "c.json: a: got 1, expected a list");
    CHECK(message("{}", [](JsonReader& r) { r.get<bool>("a"); }) == "c.json: key \"a\" is missing");
    CHECK(message(R"({"o": {}})", [](JsonReader& r) { r.object("o").get<bool>("a"); }) ==
          "c.json: o: key \"a\" is missing");
    CHECK(message(R"({"a": 1})", [](JsonReader& r) { r.object("a"); }) ==
          "c.json: a: got 1, expected an object");
    CHECK(message(R"({"a": 1, "b": 2})", [](JsonReader& r) {
              r.get<std::int64_t>("a");
              r.finish();
          }) == "c.json: unknown key \"b\"");
    CHECK(message(R"({"a": 1})", [](JsonReader& r) { r.fail("a", "2"); }) ==
          "c.json: a: got 1, expected 2");
    CHECK(message("[1]", [](JsonReader&) {}) == "c.json: got [1], expected an object");
    const std::string longest = message("{\"a\": \"" + std::string(500, 'x') + "\"}",
                                        [](JsonReader& r) { r.get<bool>("a"); });
    CHECK(longest.size() < 120);
}

TEST_CASE("json: texts that are refused") {
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"", "not valid JSON at byte"},
        {"{", "not valid JSON at byte"},
        {"{} {}", "not valid JSON at byte"},
        {"{\"a\": NaN}", "not valid JSON at byte"},
        {"{\"a\": 01}", "not valid JSON at byte"},
        {"{\"a\": \"\xc3\x28\"}", "not valid JSON at byte"},
        {"{\"a\": 1, /* c */ \"b\": 2}", "not valid JSON at byte"},
        {"{\"a\": 1, \"a\": 1}", "key \"a\" stands twice"},
        {"{\"o\": [{\"a\": 1, \"b\": {}, \"a\": 2}]}", "key \"a\" stands twice"},
        {"{\"a\": 1, \"\\u0061\": 1}", "key \"a\" stands twice"},
        {"{\"a\": 18446744073709551616}", "does not fit 64 bits"},
        {"{\"a\": -9223372036854775809}", "does not fit 64 bits"},
        {"{\"a\": 1e999}", "past a double's range"},
        {std::string(1000000, '['), "nested deeper than"}};
    for (const auto& [text, message] : cases) {
        CAPTURE(text.substr(0, 80));
        const Error error = test::error_of([&] { parse_json(text, "c.json"); });
        CAPTURE(error.what());
        CHECK(error.kind() == ErrorKind::bad_input);
        CHECK(test::contains(error.what(), "c.json: "));
        CHECK(test::contains(error.what(), message));
    }
    // The same key in two objects is no duplicate, and numbers below the limits pass.
    CHECK_NOTHROW(parse_json("{\"a\": {\"a\": 1}, \"b\": [{\"a\": 1}, {\"a\": 1}]}", "c.json"));
    CHECK_NOTHROW(
        parse_json("{\"a\": 18446744073709551615, \"b\": 1e18, \"c\": -1e-300}", "c.json"));
}

TEST_CASE("json: a file") {
    const test::TemporaryFolder folder;
    write_file_atomically(folder.file("a.json"), "{\"x\": 1}");
    CHECK(read_json_file(folder.file("a.json")).at("x") == 1);
    CHECK(test::contains(test::error_of([&] { read_json_file(folder.file("b.json")); }).what(),
                         "b.json"));
}
