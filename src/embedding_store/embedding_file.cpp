#include "embedding_store/embedding_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/atomic_file.hpp"
#include "core/error.hpp"
#include "embedding_store/hdf5_handles.hpp"

namespace dna_hnet::embedding_store {
namespace {

constexpr std::size_t kBufferedRows = 1024;
constexpr float kLargestHalf = 65504;

Handle make_group(hid_t parent, const char* name, const std::string& path) {
    return {H5Gcreate2(parent, name, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), H5Gclose, path,
            "a group"};
}

// A group of anndata that maps names to arrays.
Handle make_dict(hid_t parent, const char* name, const std::string& path) {
    Handle group = make_group(parent, name, path);
    set_encoding(group, "dict", "0.1.0", path);
    return group;
}

void write_text(hid_t parent, const std::string& name, const std::string& text,
                const std::string& path) {
    const Handle type = text_type(path);
    const Handle space(H5Screate(H5S_SCALAR), H5Sclose, path, "a text");
    const Handle dataset(
        H5Dcreate2(parent, name.c_str(), type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
        H5Dclose, path, "a text");
    const char* const value = text.c_str();
    require(H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, &value), path, "a text");
    set_encoding(dataset, "string", "0.2.0", path);
}

// The names of a data frame's columns, as an attribute.
void set_names(hid_t object, const char* attribute, const std::vector<const char*>& names,
               const std::string& path) {
    const Handle type = text_type(path);
    const hsize_t count = names.size();
    const Handle space(H5Screate_simple(1, &count, nullptr), H5Sclose, path, "an attribute");
    const Handle made(H5Acreate2(object, attribute, type, space, H5P_DEFAULT, H5P_DEFAULT),
                      H5Aclose, path, "an attribute");
    if (count > 0) require(H5Awrite(made, type, names.data()), path, "an attribute");
}

// A data frame: its index is the column _index.
Handle make_frame(hid_t parent, const char* name, const std::vector<const char*>& columns,
                  const std::string& path) {
    Handle group = make_group(parent, name, path);
    set_encoding(group, "dataframe", "0.2.0", path);
    set_attribute(group, "_index", "_index", path);
    set_names(group, "column-order", columns, path);
    return group;
}

}  // namespace

struct EmbeddingWriter::Impl {
    Impl(const std::string& target, EmbeddingSpec given) : path(target), spec(std::move(given)) {}

    AtomicPath path;
    EmbeddingSpec spec;
    Handle file, obs;
    Column values, contig, start, end, strand, stage, region, probability, index;
    std::vector<float> buffered;
    std::vector<EmbeddingRow> rows;
    std::int64_t written = 0;

    bool anndata() const { return spec.layout == Layout::anndata; }
    const std::string& name() const { return path.target().native(); }
    void open();
    void open_anndata();
    void open_columns(hid_t parent);
    void flush();
    std::vector<std::string> names_of(bool regions) const;
    template <class Value, class Get>
    void append(Column& column, hid_t type, Get get) {
        std::vector<Value> cells;
        for (const EmbeddingRow& row : rows) cells.push_back(get(row));
        column.append(type, cells.data(), static_cast<std::int64_t>(cells.size()));
    }
    void append_text(Column& column, const std::vector<std::string>& texts, std::size_t bytes);
    std::size_t contig_bytes() const {
        std::size_t most = 1;
        for (const auto& one : spec.contigs) most = std::max(most, one.name.size());
        return most;
    }
    const std::string& contig_of(const EmbeddingRow& row) const {
        return spec.contigs.at(static_cast<std::size_t>(row.place.contig)).name;
    }
};

void EmbeddingWriter::Impl::open_columns(hid_t parent) {
    const Handle text = anndata() ? text_type(name()) : fixed_text_type(contig_bytes(), name());
    const Handle sign = anndata() ? text_type(name()) : fixed_text_type(1, name());
    contig = Column(parent, "contig", text, 0, name());
    start = Column(parent, "start", H5T_STD_I64LE, 0, name());
    end = Column(parent, "end", H5T_STD_I64LE, 0, name());
    strand = Column(parent, "strand", sign, 0, name());
    stage = Column(parent, "stage", H5T_STD_I64LE, 0, name());
    if (anndata()) {
        region = Column(parent, "region", text, 0, name());
        index = Column(parent, "_index", text, 0, name());
        for (const Column* column : {&contig, &strand, &region, &index}) {
            set_encoding(column->dataset(), "string-array", "0.2.0", name());
        }
        for (const Column* column : {&start, &end, &stage}) {
            set_encoding(column->dataset(), "array", "0.2.0", name());
        }
    } else {
        region = Column(parent, "region", H5T_STD_I64LE, 0, name());
        probability = Column(parent, "boundary_prob", H5T_IEEE_F32LE, 0, name());
    }
}

void EmbeddingWriter::Impl::open_anndata() {
    set_encoding(file, "anndata", "0.1.0", name());
    set_encoding(values.dataset(), "array", "0.2.0", name());
    obs = make_frame(file, "obs", {"contig", "start", "end", "strand", "stage", "region"}, name());
    open_columns(obs);
    const Handle var = make_frame(file, "var", {}, name());
    const Handle text = text_type(name());
    Column names(var, "_index", text, 0, name());
    names.append(spec.column_names);
    set_encoding(names.dataset(), "string-array", "0.2.0", name());
    for (const char* empty : {"obsm", "varm", "obsp", "varp", "layers"}) {
        make_dict(file, empty, name());
    }
    const Handle uns = make_dict(file, "uns", name());
    for (const auto& [key, value] : spec.attributes) write_text(uns, key, value, name());
    const Handle digests = make_dict(uns, "reference_md5", name());
    for (const auto& one : spec.contigs) {
        // HDF5 takes '/' for a path.
        if (one.md5.empty() || one.name.find('/') != std::string::npos) continue;
        write_text(digests, one.name, one.md5, name());
    }
}

void EmbeddingWriter::Impl::open() {
    quiet_hdf5();
    errno = 0;
    // The versions of the format that every reader since 1.8 knows.
    const Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose, name(), "the file");
    file = Handle(H5Fcreate(path.temporary().c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, access), H5Fclose,
                  name(), "the file");
    const Handle half = half_type(name());
    values = Column(file, "X", spec.half ? static_cast<hid_t>(half) : H5T_IEEE_F32LE, spec.columns,
                    name());
    if (anndata()) {
        open_anndata();
    } else {
        open_columns(file);
        const Handle text = text_type(name());
        Column names(file, "region_name", text, 0, name());
        names.append(spec.region_names);
    }
    set_attribute(file, "dna_hnet_format", "1", name());
    for (const auto& [key, value] : spec.attributes) set_attribute(file, key, value, name());
}

void EmbeddingWriter::Impl::append_text(Column& column, const std::vector<std::string>& texts,
                                        std::size_t bytes) {
    if (anndata()) return column.append(texts);
    std::string cells(bytes * texts.size(), '\0');
    for (std::size_t i = 0; i < texts.size(); ++i) texts[i].copy(&cells[i * bytes], bytes);
    const Handle type = fixed_text_type(bytes, name());
    column.append(type, cells.data(), static_cast<std::int64_t>(texts.size()));
}

void EmbeddingWriter::Impl::flush() {
    if (rows.empty()) return;
    values.append(H5T_NATIVE_FLOAT, buffered.data(), static_cast<std::int64_t>(rows.size()));
    std::vector<std::string> contigs, signs, regions, indices;
    for (const EmbeddingRow& row : rows) {
        contigs.push_back(contig_of(row));
        signs.emplace_back(1, row.strand);
        if (!anndata()) continue;
        regions.push_back(spec.region_names.at(static_cast<std::size_t>(row.region)));
        indices.push_back(
            fmt::format("{}:{}-{}", contigs.back(), row.place.begin + 1, row.place.end));
    }
    using Whole = std::int64_t;
    append_text(contig, contigs, contig_bytes());
    append_text(strand, signs, 1);
    append<Whole>(start, H5T_NATIVE_INT64, [](const auto& row) { return row.place.begin; });
    append<Whole>(end, H5T_NATIVE_INT64, [](const auto& row) { return row.place.end; });
    append<Whole>(stage, H5T_NATIVE_INT64, [this](const auto&) { return spec.stage; });
    if (anndata()) {
        region.append(regions);
        index.append(indices);
    } else {
        append<Whole>(region, H5T_NATIVE_INT64, [](const auto& row) { return row.region; });
        append<float>(probability, H5T_NATIVE_FLOAT,
                      [](const auto& row) { return row.boundary_probability; });
    }
    written += static_cast<std::int64_t>(rows.size());
    rows.clear();
    buffered.clear();
}

EmbeddingWriter::EmbeddingWriter(const std::string& target, EmbeddingSpec spec)
    : impl_(std::make_unique<Impl>(target, std::move(spec))) {
    impl_->open();
}

EmbeddingWriter::~EmbeddingWriter() = default;

void EmbeddingWriter::add(const EmbeddingRow& row, const float* values) {
    if (impl_->spec.half) {
        const float* const end = values + impl_->spec.columns;
        const float* const large =
            std::find_if(values, end, [](float value) { return std::abs(value) > kLargestHalf; });
        if (large != end) {
            throw run_error(
                fmt::format("{}: the value {} does not fit float16", impl_->name(), *large),
                "--store float32 takes every value");
        }
    }
    impl_->rows.push_back(row);
    impl_->buffered.insert(impl_->buffered.end(), values, values + impl_->spec.columns);
    if (impl_->rows.size() >= kBufferedRows) impl_->flush();
}

void EmbeddingWriter::close() {
    Impl& impl = *impl_;
    impl.flush();
    for (Column* column : {&impl.values, &impl.contig, &impl.start, &impl.end, &impl.strand,
                           &impl.stage, &impl.region, &impl.probability, &impl.index}) {
        column->close();
    }
    impl.obs.close(impl.name());
    impl.file.close(impl.name());
    impl.path.commit();
}

std::int64_t EmbeddingWriter::rows() const {
    return impl_->written + static_cast<std::int64_t>(impl_->rows.size());
}

}  // namespace dna_hnet::embedding_store
