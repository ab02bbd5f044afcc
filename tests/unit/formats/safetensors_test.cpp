#include "formats/safetensors.hpp"

#include <cstring>
#include <fstream>

#include "core/atomic_file.hpp"
#include "support/test.hpp"

using namespace dna_hnet;
using namespace dna_hnet::formats;

namespace {

std::string file_bytes(const std::string& header, std::size_t data_bytes) {
    const std::uint64_t size = header.size();
    std::string bytes(reinterpret_cast<const char*>(&size), 8);
    return bytes + header + std::string(data_bytes, '\1');
}

// The reader's error for a file of these bytes.
Error error_for(const std::string& bytes) {
    const test::TemporaryFolder folder;
    write_file_atomically(folder.file("x.safetensors"), bytes);
    return test::error_of([&] { SafetensorsFile file(folder.file("x.safetensors")); });
}

TensorInfo info_of(Dtype dtype, std::vector<std::int64_t> shape, const void* data,
                   std::int64_t bytes) {
    return TensorInfo{dtype, std::move(shape), data, bytes};
}

}  // namespace

TEST_CASE("safetensors: what is written is read back, all dtypes") {
    const test::TemporaryFolder folder;
    const std::string path = folder.file("a.safetensors");
    const std::vector<float> floats = {1.5F, -2.25F, 0, 3e38F, 1e-40F, 7};
    const std::vector<std::int64_t> longs = {-1, std::int64_t{1} << 62};
    const std::string raw(16, '\x7f');
    std::vector<NamedTensor> tensors = {
        {"z.weight", info_of(Dtype::f32, {2, 3}, floats.data(), 24)},
        {"scalar", info_of(Dtype::i64, {}, longs.data() + 1, 8)},
        {"empty", info_of(Dtype::f64, {0, 5}, nullptr, 0)},
        {"a \"quoted\" name", info_of(Dtype::i64, {2}, longs.data(), 16)}};
    for (const Dtype dtype : {Dtype::f64, Dtype::f16, Dtype::bf16, Dtype::i32, Dtype::i16,
                              Dtype::i8, Dtype::u8, Dtype::boolean}) {
        tensors.push_back({std::string(dtype_name(dtype)),
                           info_of(dtype, {16 / dtype_size(dtype)}, raw.data(), 16)});
    }
    write_safetensors(path, tensors, {{"format", "pt"}, {"config", "{\"a\": 1}"}});

    const SafetensorsFile file(path);
    CHECK(file.tensors().size() == tensors.size());
    CHECK(file.metadata().at("config") == "{\"a\": 1}");
    for (const NamedTensor& tensor : tensors) {
        CAPTURE(tensor.name);
        const TensorInfo& got = file.at(tensor.name);
        CHECK(got.dtype == tensor.info.dtype);
        CHECK(got.shape == tensor.info.shape);
        REQUIRE(got.bytes == tensor.info.bytes);
        if (got.bytes > 0) {
            CHECK(std::memcmp(got.data, tensor.info.data, static_cast<std::size_t>(got.bytes)) ==
                  0);
        }
    }
    const std::string bytes = read_file(path);
    std::uint64_t header = 0;
    std::memcpy(&header, bytes.data(), 8);
    CHECK(header % 8 == 0);
    const Error error = test::error_of([&] { file.at("absent"); });
    CHECK(error.kind() == ErrorKind::bad_input);
    CHECK(test::contains(error.what(), "a.safetensors: no tensor \"absent\""));
}

TEST_CASE("safetensors: no tensors at all is a file, and order in the header is free") {
    const test::TemporaryFolder folder;
    write_safetensors(folder.file("none"), {}, {});
    CHECK(SafetensorsFile(folder.file("none")).tensors().empty());
    write_file_atomically(folder.file("swapped"),
                          file_bytes(R"({"b":{"dtype":"U8","shape":[2],"data_offsets":[3,5]},)"
                                     R"("a":{"dtype":"I8","shape":[3],"data_offsets":[0,3]},)"
                                     R"("e":{"dtype":"F32","shape":[0],"data_offsets":[3,3]}}   )",
                                     5));
    const SafetensorsFile file(folder.file("swapped"));
    CHECK(file.at("b").bytes == 2);
    CHECK(file.at("e").bytes == 0);
}

namespace {

// The header of a file with one tensor, w.
std::string one(const std::string& dtype, const std::string& shape, const std::string& offsets) {
    return R"({"w":{"dtype":")" + dtype + R"(","shape":)" + shape + R"(,"data_offsets":)" +
           offsets + "}}";
}

}  // namespace

TEST_CASE("safetensors: bad headers are refused, with file and tensor named") {
    struct Case {
        std::string header;
        std::size_t data;
        std::string message;
    };
    const std::vector<Case> cases = {
        {"not json", 0, "does not begin with '{'"},
        {"[]", 0, "does not begin with '{'"},
        {"", 4, "does not begin with '{'"},
        {"{\"w\":", 0, "not valid JSON"},
        {"{\"\xff\":{}}", 0, "not valid JSON"},
        {"{} x", 0, "not valid JSON"},
        {R"({"w":)" + std::string(100000, '[') + std::string(100000, ']') + "}", 0,
         "nested deeper"},
        {R"({"w":3})", 0, "tensor \"w\": got 3, expected an object"},
        {R"({"w":{"shape":[1],"data_offsets":[0,4]}})", 4, "\"dtype\" is missing"},
        {R"({"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"extra":1}})", 4,
         "unknown key \"extra\""},
        {R"({"w":{"dtype":"I8","dtype":"U8","shape":[1],"data_offsets":[0,1]}})", 1,
         "\"dtype\" stands twice"},
        {R"({"w":{"dtype":"I8","shape":[1],"data_offsets":[0,1]},"w":{"dtype":"I8","shape":[1],"data_offsets":[0,1]}})",
         1, "\"w\" stands twice"},
        {R"({"__metadata__":{"a":1}})", 0, "__metadata__: a: got 1, expected a string"},
        {R"({"__metadata__":"a"})", 0, "__metadata__: got \"a\", expected an object"},
        {one("F31", "[1]", "[0,4]"), 4, "tensor \"w\": dtype: got \"F31\""},
        {one("F32", "[1]", "[0,5]"), 5, "expected a range of 4 bytes"},
        {one("F32", "[1]", "[0,3]"), 3, "expected a range of 4 bytes"},
        {one("F32", "[-1]", "[0,4]"), 4, "shape: got [-1], expected dimensions"},
        {one("F32", "[-1,-1]", "[0,4]"), 4, "expected dimensions"},
        {one("F32", "[4294967296,4294967296]", "[0,0]"), 0, "product fits 64 bits"},
        {one("F32", "[4611686018427387905]", "[0,4]"), 4, "product fits 64 bits"},
        {one("F32", "[18446744073709551615]", "[0,4]"), 4, "expected an integer"},
        {one("F32", "[99999999999999999999999]", "[0,4]"), 4, "does not fit 64 bits"},
        {one("F32", "[1.0]", "[0,4]"), 4, "shape[0]: got 1.0, expected an integer"},
        {one("F32", "1", "[0,4]"), 4, "shape: got 1, expected a list"},
        {one("F32", "[1]", "[0,4]"), 3, "inside the 3 data bytes"},
        {one("F32", "[1]", "[-4,0]"), 4, "expected [begin, end]"},
        {one("F32", "[1]", "[4,0]"), 4, "expected [begin, end]"},
        {one("F32", "[1]", "[0]"), 4, "expected [begin, end]"},
        {one("F32", "[1]", "[0,4,8]"), 8, "expected [begin, end]"},
        {one("F32", "[1]", "[4,8]"), 8, "a hole"},
        {one("F32", "[1]", "[0,4]"), 8, "8 data bytes, but the tensors use 4"},
        {"{}", 1, "1 data bytes, but the tensors use 0"},
        {R"({"a":{"dtype":"I8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"I8","shape":[4],"data_offsets":[2,6]}})",
         6, "tensor \"b\" begins at data byte 2, expected 4: tensors overlap"},
        {R"({"a":{"dtype":"I8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"I8","shape":[2],"data_offsets":[3,5]}})",
         5, "a hole"}};
    for (const Case& bad : cases) {
        CAPTURE(bad.header.substr(0, 200));
        const Error error = error_for(file_bytes(bad.header, bad.data));
        CAPTURE(error.what());
        CHECK(error.kind() == ErrorKind::bad_input);
        CHECK(test::contains(error.what(), "x.safetensors"));
        CHECK(test::contains(error.what(), bad.message));
    }
}

TEST_CASE("safetensors: files that are cut off, too short or no files") {
    const std::string good =
        file_bytes(R"({"w":{"dtype":"I8","shape":[4],"data_offsets":[0,4]}})", 4);
    for (std::size_t size = 0; size < good.size(); ++size) {
        CAPTURE(size);
        CHECK(error_for(good.substr(0, size)).kind() == ErrorKind::bad_input);
    }
    std::string huge = good;
    std::memset(huge.data(), 0xff, 8);
    CHECK(test::contains(error_for(huge).what(), "header of 18446744073709551615 bytes"));
    const test::TemporaryFolder folder;
    {  // A header past 100 MB, in a sparse file that is long enough.
        std::ofstream out(folder.file("sparse"), std::ios::binary);
        const std::uint64_t size = 100'000'001;
        out.write(reinterpret_cast<const char*>(&size), 8);
        out.close();
        std::filesystem::resize_file(folder.file("sparse"), 100'000'100);
    }
    CHECK(
        test::contains(test::error_of([&] { SafetensorsFile file(folder.file("sparse")); }).what(),
                       "expected at most 100000000"));
    CHECK(
        test::contains(test::error_of([&] { SafetensorsFile file(folder.file("absent")); }).what(),
                       "No such file"));
    CHECK(test::contains(test::error_of([&] { SafetensorsFile file(folder.path()); }).what(),
                         "not a regular file"));
}

TEST_CASE(
    "safetensors: the writer refuses what it could not read back, and leaves nothing behind") {
    const test::TemporaryFolder folder;
    const float value = 1;
    const NamedTensor good{"w", info_of(Dtype::f32, {1}, &value, 4)};
    const auto refused = [&](const std::vector<NamedTensor>& tensors) {
        return test::error_of([&] { write_safetensors(folder.file("x"), tensors, {}); }).kind();
    };
    CHECK(refused({good, good}) == ErrorKind::run_failed);
    CHECK(refused({{"__metadata__", good.info}}) == ErrorKind::run_failed);
    CHECK(refused({{"w", info_of(Dtype::f32, {2}, &value, 4)}}) == ErrorKind::run_failed);
    CHECK(refused({{"w", info_of(Dtype::f32, {1}, nullptr, 4)}}) == ErrorKind::run_failed);
    CHECK(refused({{"\xff", good.info}}) == ErrorKind::run_failed);
    fail_writes_after(20);
    CHECK(refused({good}) == ErrorKind::run_failed);
    fail_writes_after(-1);
    CHECK(std::filesystem::is_empty(folder.path()));
}
