#pragma once
// safetensors, strictly: u64 header length, JSON header, raw bytes; little-endian, row-major, packed. Torch-free.
//
// Refused (bad_input naming file and tensor): a header over 100 MB or past the file's end, an unknown dtype, bytes != shape x size,
// overlaps, holes, ranges outside the file, duplicate keys, a key order that leaves bytes unused. Shapes [] and zero dimensions are
// legal.
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace dna_hnet::formats {

enum class Dtype { f64, f32, f16, bf16, i64, i32, i16, i8, u8, boolean };
std::int64_t dtype_size(Dtype dtype);
std::string_view dtype_name(Dtype dtype);  // "F32", "BOOL", ...

struct TensorInfo {
    Dtype dtype = Dtype::f32;
    std::vector<std::int64_t> shape;
    const void* data = nullptr;  // into the mapped file, valid while the SafetensorsFile lives
    std::int64_t bytes = 0;
};

class SafetensorsFile {
  public:
    explicit SafetensorsFile(const std::filesystem::path& path);  // maps the file
    ~SafetensorsFile();
    SafetensorsFile(const SafetensorsFile&) = delete;
    SafetensorsFile& operator=(const SafetensorsFile&) = delete;

    const std::map<std::string, TensorInfo>& tensors() const { return tensors_; }
    const std::map<std::string, std::string>& metadata() const { return metadata_; }
    const TensorInfo& at(const std::string& name) const;  // bad_input naming the file when absent
    bool contains(const std::string& name) const { return tensors_.count(name) != 0; }

  private:
    std::string path_;
    void* map_ = nullptr;
    std::size_t size_ = 0;
    std::map<std::string, TensorInfo> tensors_;
    std::map<std::string, std::string> metadata_;
};

struct NamedTensor {
    std::string name;
    TensorInfo info;  // data points to the caller's bytes
};
// Tensors in the given order; atomic.
void write_safetensors(const std::filesystem::path& target, const std::vector<NamedTensor>& tensors,
                       const std::map<std::string, std::string>& metadata);

}  // namespace dna_hnet::formats
