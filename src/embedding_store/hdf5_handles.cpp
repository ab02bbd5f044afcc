#include "embedding_store/hdf5_handles.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>

#include "core/error.hpp"

namespace dna_hnet::embedding_store {
namespace {

constexpr std::int64_t kChunkRows = 1024;
constexpr unsigned kCompression = 4;  // of zlib's nine levels

}  // namespace

void quiet_hdf5() {
    // At the end of the program HDF5 would write what a full disk has refused, and crash.
    H5dont_atexit();
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
}

void require(herr_t status, const std::string& path, const char* what) {
    if (status >= 0) return;
    throw run_error(fmt::format("{}: cannot write {}{}", path, what,
                                errno != 0 ? ": " + errno_text() : std::string()));
}

Handle::Handle(hid_t id, Close closing, const std::string& path, const char* what)
    : id_(id), close_(closing) {
    if (id < 0) require(-1, path, what);
}

Handle& Handle::operator=(Handle&& other) noexcept {
    std::swap(id_, other.id_);
    std::swap(close_, other.close_);
    return *this;
}

Handle::~Handle() {
    if (id_ >= 0) close_(id_);
}

void Handle::close(const std::string& path) {
    if (id_ < 0) return;
    errno = 0;
    require(close_(std::exchange(id_, -1)), path, "the last bytes");
}

Handle text_type(const std::string& path) {
    Handle type(H5Tcopy(H5T_C_S1), H5Tclose, path, "a text type");
    require(H5Tset_size(type, H5T_VARIABLE), path, "a text type");
    require(H5Tset_cset(type, H5T_CSET_UTF8), path, "a text type");
    return type;
}

Handle fixed_text_type(std::size_t bytes, const std::string& path) {
    Handle type(H5Tcopy(H5T_C_S1), H5Tclose, path, "a text type");
    require(H5Tset_size(type, std::max<std::size_t>(bytes, 1)), path, "a text type");
    require(H5Tset_strpad(type, H5T_STR_NULLPAD), path, "a text type");
    require(H5Tset_cset(type, H5T_CSET_UTF8), path, "a text type");
    return type;
}

Handle half_type(const std::string& path) {
    Handle type(H5Tcopy(H5T_IEEE_F32LE), H5Tclose, path, "a float16 type");
    require(H5Tset_fields(type, 15, 10, 5, 0, 10), path, "a float16 type");
    require(H5Tset_size(type, 2), path, "a float16 type");
    require(H5Tset_ebias(type, 15), path, "a float16 type");
    return type;
}

void set_attribute(hid_t object, const std::string& name, const std::string& text,
                   const std::string& path) {
    const Handle type = text_type(path);
    const Handle space(H5Screate(H5S_SCALAR), H5Sclose, path, "an attribute");
    const Handle attribute(H5Acreate2(object, name.c_str(), type, space, H5P_DEFAULT, H5P_DEFAULT),
                           H5Aclose, path, "an attribute");
    const char* const value = text.c_str();
    require(H5Awrite(attribute, type, &value), path, "an attribute");
}

void set_encoding(hid_t object, const char* type, const char* version, const std::string& path) {
    set_attribute(object, "encoding-type", type, path);
    set_attribute(object, "encoding-version", version, path);
}

Column::Column(hid_t parent, const std::string& name, hid_t type, std::int64_t width,
               const std::string& path)
    : width_(width), path_(path) {
    const int rank = width > 0 ? 2 : 1;
    const auto columns = static_cast<hsize_t>(width);
    const hsize_t now[] = {0, columns}, most[] = {H5S_UNLIMITED, columns},
                  chunk[] = {static_cast<hsize_t>(kChunkRows), columns};
    const Handle space(H5Screate_simple(rank, now, most), H5Sclose, path, "a table");
    const Handle options(H5Pcreate(H5P_DATASET_CREATE), H5Pclose, path, "a table");
    require(H5Pset_chunk(options, rank, chunk), path, "a table");
    require(H5Pset_shuffle(options), path, "a table");
    require(H5Pset_deflate(options, kCompression), path, "a table");
    dataset_ =
        Handle(H5Dcreate2(parent, name.c_str(), type, space, H5P_DEFAULT, options, H5P_DEFAULT),
               H5Dclose, path, "a table");
}

void Column::append(hid_t memory_type, const void* values, std::int64_t rows) {
    if (rows == 0) return;
    const int rank = width_ > 0 ? 2 : 1;
    const auto columns = static_cast<hsize_t>(width_);
    const hsize_t total[] = {static_cast<hsize_t>(rows_ + rows), columns};
    const hsize_t first[] = {static_cast<hsize_t>(rows_), 0};
    const hsize_t count[] = {static_cast<hsize_t>(rows), columns};
    errno = 0;
    require(H5Dset_extent(dataset_, total), path_, "rows");
    const Handle memory(H5Screate_simple(rank, count, nullptr), H5Sclose, path_, "rows");
    const Handle space(H5Dget_space(dataset_), H5Sclose, path_, "rows");
    require(H5Sselect_hyperslab(space, H5S_SELECT_SET, first, nullptr, count, nullptr), path_,
            "rows");
    require(H5Dwrite(dataset_, memory_type, memory, space, H5P_DEFAULT, values), path_, "rows");
    rows_ += rows;
}

void Column::append(const std::vector<std::string>& texts) {
    std::vector<const char*> pointers;
    for (const std::string& text : texts) pointers.push_back(text.c_str());
    const Handle type = text_type(path_);
    append(type, pointers.data(), static_cast<std::int64_t>(texts.size()));
}

}  // namespace dna_hnet::embedding_store
