#pragma once
// HDF5's identifiers, owned, with every return code checked. Included by source files of this layer
// only.
#include <hdf5.h>

#include <string>
#include <utility>
#include <vector>

namespace dna_hnet::embedding_store {

// HDF5's own messages on stderr are off; ours name the file.
void quiet_hdf5();

class Handle {
  public:
    using Close = herr_t (*)(hid_t);
    Handle() = default;
    // run_failed naming `path` and `what` when `id` is negative.
    Handle(hid_t id, Close close, const std::string& path, const char* what);
    Handle(Handle&& other) noexcept : id_(std::exchange(other.id_, -1)), close_(other.close_) {}
    Handle& operator=(Handle&& other) noexcept;
    ~Handle();
    operator hid_t() const { return id_; }
    void close(const std::string& path);  // run_failed when closing fails

  private:
    hid_t id_ = -1;
    Close close_ = nullptr;
};

// run_failed: `x.h5: cannot write X: No space left on device`.
void require(herr_t status, const std::string& path, const char* what);

// Types: caller-owned.
Handle text_type(const std::string& path);                           // variable-length UTF-8
Handle fixed_text_type(std::size_t bytes, const std::string& path);  // padded with zeros
Handle half_type(const std::string& path);                           // IEEE float16

// A text attribute of a file, group or dataset.
void set_attribute(hid_t object, const std::string& name, const std::string& text,
                   const std::string& path);
void set_encoding(hid_t object, const char* type, const char* version, const std::string& path);

// A growing dataset of one or two dimensions, compressed.
class Column {
  public:
    Column() = default;
    // `width` 0: one dimension.
    Column(hid_t parent, const std::string& name, hid_t type, std::int64_t width,
           const std::string& path);
    // Appends `rows` rows of `memory_type`.
    void append(hid_t memory_type, const void* values, std::int64_t rows);
    void append(const std::vector<std::string>& texts);  // of a text column
    hid_t dataset() const { return dataset_; }
    void close() { dataset_.close(path_); }

  private:
    Handle dataset_;
    std::int64_t width_ = 0, rows_ = 0;
    std::string path_;
};

}  // namespace dna_hnet::embedding_store
