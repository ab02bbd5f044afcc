#include "genome/read_store.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "core/error.hpp"

namespace dna_hnet::genome {
namespace {

constexpr std::size_t kBufferBytes = 1 << 20;

}  // namespace

struct ReadStore::File {
    int descriptor = -1;
    std::vector<Base> buffer;
    Digest digest{Digest::Kind::sha256};

    File() {
        std::string pattern =
            (std::filesystem::temp_directory_path() / "dna-hnet-reads-XXXXXX").string();
        descriptor = ::mkstemp(pattern.data());
        if (descriptor < 0) {
            throw run_error(
                fmt::format("{}: cannot make a file for the reads: {}", pattern, errno_text()));
        }
        ::unlink(pattern.c_str());
    }
    ~File() { ::close(descriptor); }
    File(const File&) = delete;
    File& operator=(const File&) = delete;

    void flush() {
        digest.update(buffer.data(), buffer.size());
        for (std::size_t done = 0; done < buffer.size();) {
            const ssize_t written = ::write(descriptor, buffer.data() + done, buffer.size() - done);
            if (written < 0 && errno == EINTR) continue;
            if (written < 0) {
                throw run_error(fmt::format("cannot keep the reads on disk: {}", errno_text()),
                                "TMPDIR names a folder with room: a byte per base of the reads");
            }
            done += static_cast<std::size_t>(written);
        }
        buffer.clear();
    }
};

ReadStore::ReadStore() : file_(std::make_shared<File>()) {}
ReadStore::~ReadStore() = default;

void ReadStore::add(const std::vector<Base>& bases) {
    const std::int64_t begin = contigs_[0].length;
    reads_.push_back({0, begin, begin + static_cast<std::int64_t>(bases.size())});
    contigs_[0].length = reads_.back().end + 1;
    file_->buffer.insert(file_->buffer.end(), bases.begin(), bases.end());
    file_->buffer.push_back(kN);
    if (file_->buffer.size() >= kBufferBytes) file_->flush();
}

void ReadStore::finish() {
    file_->flush();
    digest_ = file_->digest.hex();
}

std::string ReadStore::digest() const {
    return digest_;
}

void ReadStore::fetch_into(const Interval& interval, Base* out) {
    check_interval(*this, interval);
    for (std::int64_t done = 0; done < interval.length();) {
        const ssize_t got =
            ::pread(file_->descriptor, out + done,
                    static_cast<std::size_t>(interval.length() - done), interval.begin + done);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) {
            throw run_error(fmt::format("cannot read the reads kept on disk: {}",
                                        got < 0 ? errno_text() : "the file is shorter"));
        }
        done += got;
    }
}

std::unique_ptr<Reference> ReadStore::clone() const {
    return std::unique_ptr<Reference>(new ReadStore(*this));
}

}  // namespace dna_hnet::genome
