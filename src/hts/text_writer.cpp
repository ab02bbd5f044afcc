#include <fmt/format.h>
#include <htslib/tbx.h>

#include <cerrno>
#include <cstdio>
#include <optional>

#include "core/atomic_file.hpp"
#include "core/error.hpp"
#include "hts/bgzf_text.hpp"
#include "hts/handles.hpp"

namespace dna_hnet::hts {
namespace {

bool is_compressed_name(const std::string& target) {
    return target.size() > 3 && target.compare(target.size() - 3, 3, ".gz") == 0;
}

[[noreturn]] void fail_write(const std::string& target) {
    throw run_error(
        fmt::format("{}: cannot write: {}", target, errno != 0 ? errno_text() : "write error"));
}

}  // namespace

struct TextWriter::Impl {
    std::string target;
    Index index = Index::none;
    std::int64_t longest_contig = 0;
    AtomicGroup* group = nullptr;
    bool closed = false;
    // One of three: a stream, a plain file, or a compressed one. `path` stands before `compressed`:
    // the file is closed before it is removed.
    std::FILE* stream = nullptr;
    std::optional<AtomicFile> plain;
    std::optional<AtomicPath> path, index_path;
    BgzfHandle compressed;

    ~Impl() {
        if (stream && stream != stdout) std::fclose(stream);
    }

    void open() {
        errno = 0;
        if (target == "-") {
            if (group) group->claim(target);
            stream = stdout;
            target = "standard output";
        } else if (is_stream(target)) {
            stream = std::fopen(target.c_str(), "wb");
            if (!stream) fail_write(target);
        } else if (!is_compressed_name(target)) {
            plain.emplace(target, group);
        } else {
            if (std::filesystem::is_directory(target)) {
                throw run_error(fmt::format("{}: cannot write: is a folder", target));
            }
            path.emplace(target, group);
            if (index == Index::bed) {
                index_path.emplace(target + (is_csi() ? ".csi" : ".tbi"), group);
            }
            compressed.reset(bgzf_open(path->temporary().c_str(), "w"));
            if (!compressed) fail_write(target);
        }
    }

    bool is_csi() const { return longest_contig > kTabixLimit; }

    void write(std::string_view text) {
        if (closed) throw run_error(fmt::format("{}: written to after it was closed", target));
        errno = 0;
        if (plain) {
            plain->write(text);
        } else if (stream) {
            if (std::fwrite(text.data(), 1, text.size(), stream) != text.size()) fail_write(target);
        } else if (bgzf_write(compressed.get(), text.data(), text.size()) !=
                   static_cast<ssize_t>(text.size())) {
            fail_write(target);
        }
    }

    void close_stream() {
        errno = 0;
        if (std::fflush(stream) != 0 || std::ferror(stream)) fail_write(target);
        std::FILE* const file = std::exchange(stream, nullptr);
        if (file != stdout && std::fclose(file) != 0) fail_write(target);
    }

    void close_compressed() {
        errno = 0;
        if (bgzf_close(compressed.release()) != 0) fail_write(target);
        if (index_path) {
            errno = 0;
            const int status =
                tbx_index_build3(path->temporary().c_str(), index_path->temporary().c_str(),
                                 is_csi() ? kCsiMinShift : 0, 0, &tbx_conf_bed);
            if (status != 0) {
                throw run_error(fmt::format("{}: cannot write: {}", index_path->target().string(),
                                            errno != 0
                                                ? errno_text()
                                                : "rows are not sorted by contig and start, or a "
                                                  "position is past the index's limit"));
            }
        }
        remove_indexes(target, group);
        path->commit();
        if (index_path) index_path->commit();
    }
};

TextWriter::TextWriter(std::string target, Index index, std::int64_t longest_contig,
                       AtomicGroup* group)
    : impl_(std::make_unique<Impl>()) {
    impl_->target = std::move(target);
    impl_->index = index;
    impl_->longest_contig = longest_contig;
    impl_->group = group;
    impl_->open();
}

TextWriter::~TextWriter() = default;

void TextWriter::write(std::string_view text) {
    impl_->write(text);
}

void TextWriter::close() {
    if (impl_->closed) return;
    impl_->closed = true;
    if (impl_->stream) {
        impl_->close_stream();
    } else if (impl_->plain) {
        impl_->plain->commit();
    } else {
        impl_->close_compressed();
    }
}

}  // namespace dna_hnet::hts
