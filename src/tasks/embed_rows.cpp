#include "tasks/embed_rows.hpp"

#include <fmt/format.h>

#include <cstring>
#include <fstream>

#include "core/error.hpp"

namespace dna_hnet::tasks {
namespace {

using embedding_store::EmbeddingRow;

// A row of a part, before its values.
struct PartRow {
    std::int64_t contig, begin, end, region;
    float probability;
    char strand;
};

}  // namespace

EmbedRows::EmbedRows(const std::string& target, embedding_store::EmbeddingSpec spec,
                     const std::string& signature, bool keep_parts)
    : target_(target), spec_(std::move(spec)) {
    if (!keep_parts) {
        writer_ = std::make_unique<embedding_store::EmbeddingWriter>(target_, spec_);
        return;
    }
    parts_.emplace(target + ".parts", signature);
}

std::filesystem::path EmbedRows::part(std::int64_t unit) const {
    return parts_->path(fmt::format("unit-{:08}", unit));
}

bool EmbedRows::begin_unit() {
    if (!parts_) return true;
    if (std::filesystem::exists(part(unit_))) {
        ++unit_;
        return false;
    }
    open_ = std::make_unique<AtomicFile>(part(unit_));
    return true;
}

void EmbedRows::add(const EmbeddingRow& row, const float* values) {
    if (!open_) return writer_->add(row, values);
    PartRow kept;
    std::memset(&kept, 0, sizeof kept);  // the padding too
    kept.contig = row.place.contig;
    kept.begin = row.place.begin;
    kept.end = row.place.end;
    kept.region = row.region;
    kept.probability = row.boundary_probability;
    kept.strand = row.strand;
    open_->write(&kept, sizeof kept);
    open_->write(values, static_cast<std::size_t>(spec_.columns) * sizeof(float));
}

void EmbedRows::end_unit() {
    if (!open_) return;
    open_->commit();
    open_.reset();
    ++unit_;
}

void EmbedRows::read_part(std::int64_t unit) {
    std::ifstream file(part(unit), std::ios::binary);
    PartRow kept;
    std::vector<float> values(static_cast<std::size_t>(spec_.columns));
    const auto bytes = static_cast<std::streamsize>(values.size() * sizeof(float));
    while (file.read(reinterpret_cast<char*>(&kept), sizeof kept) &&
           file.read(reinterpret_cast<char*>(values.data()), bytes)) {
        writer_->add(
            {{kept.contig, kept.begin, kept.end}, kept.strand, kept.region, kept.probability},
            values.data());
    }
    if (!file.eof() || file.gcount() != 0) {
        throw input_error(fmt::format("{}: damaged", part(unit).string()),
                          "remove it to compute it anew");
    }
}

std::int64_t EmbedRows::close() {
    if (parts_) {
        writer_ = std::make_unique<embedding_store::EmbeddingWriter>(target_, spec_);
        for (std::int64_t unit = 0; unit < unit_; ++unit) read_part(unit);
    }
    const std::int64_t rows = writer_->rows();
    writer_->close();
    if (parts_) parts_->remove();
    return rows;
}

}  // namespace dna_hnet::tasks
