#include "formats/safetensors.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <set>

#include "core/atomic_file.hpp"
#include "core/error.hpp"
#include "core/json_reader.hpp"

namespace dna_hnet::formats {
namespace {

static_assert(std::endian::native == std::endian::little,
              "safetensors holds little-endian numbers");

constexpr std::uint64_t kLargestHeader = 100'000'000;
constexpr const char* kMetadata = "__metadata__";

struct DtypeRow {
    Dtype dtype;
    std::string_view name;
    std::int64_t size;
};
constexpr std::array<DtypeRow, 10> kDtypes = {{{Dtype::f64, "F64", 8},
                                               {Dtype::f32, "F32", 4},
                                               {Dtype::f16, "F16", 2},
                                               {Dtype::bf16, "BF16", 2},
                                               {Dtype::i64, "I64", 8},
                                               {Dtype::i32, "I32", 4},
                                               {Dtype::i16, "I16", 2},
                                               {Dtype::i8, "I8", 1},
                                               {Dtype::u8, "U8", 1},
                                               {Dtype::boolean, "BOOL", 1}}};

const DtypeRow& row_of(Dtype dtype) {
    return kDtypes[static_cast<std::size_t>(dtype)];
}

// Bytes of a packed tensor; false when a dimension is negative or the product does not fit 64 bits.
bool packed_bytes(Dtype dtype, const std::vector<std::int64_t>& shape, std::int64_t& bytes) {
    bytes = dtype_size(dtype);
    for (const std::int64_t size : shape) {
        if (size < 0 || __builtin_mul_overflow(bytes, size, &bytes)) return false;
    }
    return true;
}

Dtype parse_dtype(JsonReader& tensor) {
    const auto name = tensor.get<std::string>("dtype");
    for (const DtypeRow& row : kDtypes) {
        if (row.name == name) return row.dtype;
    }
    tensor.fail("dtype", "one of F64 F32 F16 BF16 I64 I32 I16 I8 U8 BOOL");
}

struct Range {
    std::int64_t begin, end;
    std::string name;
};

// One entry of the header; `data` has `data_size` bytes.
TensorInfo parse_tensor(JsonReader tensor, const unsigned char* data, std::int64_t data_size,
                        const std::string& name, std::vector<Range>& ranges) {
    TensorInfo info;
    info.dtype = parse_dtype(tensor);
    info.shape = tensor.get<std::vector<std::int64_t>>("shape");
    const auto offsets = tensor.get<std::vector<std::int64_t>>("data_offsets");
    tensor.finish();
    if (offsets.size() != 2 || offsets[0] < 0 || offsets[1] < offsets[0] ||
        offsets[1] > data_size) {
        tensor.fail("data_offsets",
                    fmt::format("[begin, end] inside the {} data bytes", data_size));
    }
    if (!packed_bytes(info.dtype, info.shape, info.bytes)) {
        tensor.fail("shape", "dimensions of at least 0 whose product fits 64 bits");
    }
    if (info.bytes != offsets[1] - offsets[0]) {
        tensor.fail("data_offsets",
                    fmt::format("a range of {} bytes, as shape and dtype say", info.bytes));
    }
    info.data = data + offsets[0];
    ranges.push_back({offsets[0], offsets[1], name});
    return info;
}

// The tensors tile the data: no overlap, no hole, nothing left.
void check_tiling(const std::string& path, std::vector<Range> ranges, std::int64_t data_size) {
    std::sort(ranges.begin(), ranges.end(), [](const Range& a, const Range& b) {
        return a.begin != b.begin ? a.begin < b.begin : a.end < b.end;
    });
    std::int64_t end = 0;
    for (const Range& range : ranges) {
        if (range.begin != end) {
            throw input_error(fmt::format(
                "{}: tensor \"{}\" begins at data byte {}, expected {}: {}", path, range.name,
                range.begin, end, range.begin < end ? "tensors overlap" : "a hole"));
        }
        end = range.end;
    }
    if (end != data_size) {
        throw input_error(
            fmt::format("{}: {} data bytes, but the tensors use {}", path, data_size, end));
    }
}

}  // namespace

std::int64_t dtype_size(Dtype dtype) {
    return row_of(dtype).size;
}
std::string_view dtype_name(Dtype dtype) {
    return row_of(dtype).name;
}

class SafetensorsFile::Mapping {
  public:
    explicit Mapping(const std::string& path) {
        const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
        if (descriptor < 0)
            throw input_error(fmt::format("{}: cannot open: {}", path, errno_text()));
        struct stat status;
        std::string problem;
        if (fstat(descriptor, &status) != 0) {
            problem = errno_text();
        } else if (!S_ISREG(status.st_mode)) {
            problem = "not a regular file";
        } else if (status.st_size < 8) {
            problem =
                fmt::format("{} bytes, expected a safetensors file of at least 10", status.st_size);
        } else {
            size_ = static_cast<std::size_t>(status.st_size);
            map_ = mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, descriptor, 0);
            if (map_ == MAP_FAILED) problem = errno_text();
        }
        close(descriptor);
        if (!problem.empty()) throw input_error(fmt::format("{}: cannot read: {}", path, problem));
    }
    ~Mapping() { munmap(map_, size_); }
    Mapping(const Mapping&) = delete;
    Mapping& operator=(const Mapping&) = delete;

    const unsigned char* bytes() const { return static_cast<const unsigned char*>(map_); }
    std::size_t size() const { return size_; }

  private:
    void* map_ = nullptr;
    std::size_t size_ = 0;
};

SafetensorsFile::~SafetensorsFile() = default;

SafetensorsFile::SafetensorsFile(const std::filesystem::path& path)
    : path_(path.string()), mapping_(std::make_unique<Mapping>(path_)) {
    std::uint64_t header_size = 0;
    std::memcpy(&header_size, mapping_->bytes(), sizeof header_size);
    if (header_size > kLargestHeader || header_size > mapping_->size() - 8) {
        throw input_error(fmt::format(
            "{}: header of {} bytes, expected at most {}: not a safetensors "
            "file, or cut off",
            path_, header_size, std::min<std::uint64_t>(kLargestHeader, mapping_->size() - 8)));
    }
    const auto* text = reinterpret_cast<const char*>(mapping_->bytes() + 8);
    if (header_size == 0 || text[0] != '{') {
        throw input_error(
            fmt::format("{}: the header does not begin with '{{': not a safetensors file", path_));
    }
    const auto header = parse_json(std::string_view(text, header_size), path_ + ": header");
    const unsigned char* data = mapping_->bytes() + 8 + header_size;
    const auto data_size = static_cast<std::int64_t>(mapping_->size() - 8 - header_size);
    std::vector<Range> ranges;
    for (const auto& [name, value] : header.items()) {
        if (name == kMetadata) {
            JsonReader reader(value, fmt::format("{}: {}", path_, kMetadata));
            for (const auto& item : value.items())
                metadata_[item.key()] = reader.get<std::string>(item.key());
            continue;
        }
        JsonReader reader(value, fmt::format("{}: tensor \"{}\"", path_, name));
        tensors_.emplace(name, parse_tensor(std::move(reader), data, data_size, name, ranges));
    }
    check_tiling(path_, std::move(ranges), data_size);
}

const TensorInfo& SafetensorsFile::at(const std::string& name) const {
    const auto found = tensors_.find(name);
    if (found == tensors_.end())
        throw input_error(fmt::format("{}: no tensor \"{}\"", path_, name));
    return found->second;
}

void write_safetensors(const std::filesystem::path& target, const std::vector<NamedTensor>& tensors,
                       const std::map<std::string, std::string>& metadata) {
    nlohmann::ordered_json header = nlohmann::ordered_json::object();
    if (!metadata.empty()) header[kMetadata] = metadata;
    std::set<std::string_view> names{kMetadata};
    std::int64_t end = 0;
    for (const auto& [name, info] : tensors) {
        std::int64_t bytes = 0;
        if (!names.insert(name).second) {
            throw run_error(fmt::format("{}: tensor name \"{}\" is taken", target.string(), name));
        }
        if (!packed_bytes(info.dtype, info.shape, bytes) || bytes != info.bytes ||
            (bytes > 0 && info.data == nullptr)) {
            throw run_error(fmt::format("{}: tensor \"{}\": got {} bytes, expected {} of {}",
                                        target.string(), name, info.bytes, bytes,
                                        dtype_name(info.dtype)));
        }
        header[name] = {{"dtype", dtype_name(info.dtype)},
                        {"shape", info.shape},
                        {"data_offsets", {end, end + bytes}}};
        end += bytes;
    }
    std::string text;
    try {
        text = header.dump();
    } catch (const nlohmann::json::exception&) {
        throw run_error(fmt::format("{}: a tensor name or metadata is not UTF-8", target.string()));
    }
    text.resize((text.size() + 7) / 8 * 8,
                ' ');  // the data begins at a multiple of 8, as readers like it
    const std::uint64_t header_size = text.size();
    if (header_size > kLargestHeader) {
        throw run_error(fmt::format("{}: header of {} bytes, expected at most {}", target.string(),
                                    header_size, kLargestHeader));
    }
    AtomicFile file(target);
    file.write(&header_size, sizeof header_size);
    file.write(text);
    for (const auto& tensor : tensors) {
        if (tensor.info.bytes > 0)
            file.write(tensor.info.data, static_cast<std::size_t>(tensor.info.bytes));
    }
    file.commit();
}

}  // namespace dna_hnet::formats
