#pragma once
// safetensors, strictly: u64 header length, JSON header, raw bytes; little-endian, row-major,
// packed. Torch-free.
//
// Refused (bad_input naming file and tensor): a header over 100 MB or past the file's end, an
// unknown dtype, bytes != shape x size, overlaps, holes, ranges outside the file, duplicate or
// unknown keys, bytes that no tensor uses. Shapes [] and zero dimensions are legal.
//
//   SafetensorsFile file("model.safetensors");
//   const TensorInfo& head = file.at("lm_head.weight");   // F32, shape {8, 128}, 4096 bytes at
//   head.data
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace dna_hnet::formats {

enum class Dtype { f64, f32, f16, bf16, i64, i32, i16, i8, u8, boolean };
std::int64_t dtype_size(Dtype dtype);
std::string_view dtype_name(Dtype dtype);  // "F32", "BOOL", ...

struct TensorInfo {
    Dtype dtype = Dtype::f32;
    std::vector<std::int64_t> shape;
    // Into the mapped file, valid while the SafetensorsFile lives. The format promises no
    // alignment: copy by memcpy.
    const void* data = nullptr;
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
    class Mapping;

    std::string path_;
    std::unique_ptr<Mapping> mapping_;
    std::map<std::string, TensorInfo> tensors_;
    std::map<std::string, std::string> metadata_;
};

struct NamedTensor {
    std::string name;
    TensorInfo info;  // data points to the caller's bytes
};
// Tensors in the given order; atomic. run_failed when a name stands twice or bytes are not what
// shape and dtype say.
void write_safetensors(const std::filesystem::path& target, const std::vector<NamedTensor>& tensors,
                       const std::map<std::string, std::string>& metadata);

}  // namespace dna_hnet::formats
