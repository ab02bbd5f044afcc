#include "hts/handles.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>

#include "core/error.hpp"

namespace dna_hnet::hts {
namespace {

[[noreturn]] void fail_without_end(const std::string& path) {
    throw input_error(fmt::format("{}: truncated: the BGZF end-of-file block is missing", path),
                      "copy or download the file again");
}

}  // namespace

bool is_stream(const std::string& target) {
    std::error_code ignored;
    return std::filesystem::exists(target, ignored) &&
           !std::filesystem::is_regular_file(target, ignored) &&
           !std::filesystem::is_directory(target, ignored);
}

void remove_indexes(const std::string& target, AtomicGroup* group) {
    for (const char* suffix : {".tbi", ".csi"}) {
        if (group) {
            group->remove_on_commit(target + suffix);
        } else {
            std::remove((target + suffix).c_str());
        }
    }
}

LineReader::LineReader(std::string path) : path_(std::move(path)) {
    errno = 0;
    file_.reset(bgzf_open(path_.c_str(), "r"));
    if (!file_) throw input_error(fmt::format("{}: cannot open: {}", path_, errno_text()));
    // 0: no such block; 1: there is one; 2: the file cannot be searched (a pipe), so next() looks
    // at the end; -1: error.
    if (compression() == Compression::bgzip && path_ != "-") {
        const int found = bgzf_check_EOF(file_.get());
        if (found == 0) fail_without_end(path_);
        if (found < 0) throw input_error(fmt::format("{}: cannot read: {}", path_, errno_text()));
    }
}

LineReader::~LineReader() {
    ks_free(&buffer_);
}

Compression LineReader::compression() const {
    switch (bgzf_compression(file_.get())) {
        case 0:
            return Compression::none;
        case 1:
            return Compression::gzip;
        default:
            return Compression::bgzip;
    }
}

bool LineReader::next(std::string_view& line) {
    const int status = bgzf_getline(file_.get(), '\n', &buffer_);
    // A block that is cut short ends the file with -1 as a whole one does: errcode tells them
    // apart.
    if (status < -1 || file_->errcode != 0) {
        throw input_error(fmt::format("{}: truncated or damaged after line {}", path_, lines_));
    }
    if (status == -1) {
        if (compression() == Compression::bgzip && file_->no_eof_block) fail_without_end(path_);
        return false;
    }
    ++lines_;
    line = std::string_view(buffer_.s ? buffer_.s : "", buffer_.l);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    return true;
}

}  // namespace dna_hnet::hts
