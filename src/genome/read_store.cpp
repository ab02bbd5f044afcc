#include "genome/read_store.hpp"

#include "core/spill_file.hpp"

namespace dna_hnet::genome {
namespace {

constexpr std::size_t kBufferBytes = 1 << 20;

}  // namespace

struct ReadStore::File {
    SpillFile kept{"the reads"};
    std::vector<Base> buffer;
    Digest digest{Digest::Kind::sha256};

    void flush() {
        digest.update(buffer.data(), buffer.size());
        kept.append(buffer.data(), buffer.size());
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
    file_->kept.read(interval.begin, out, static_cast<std::size_t>(interval.length()));
}

std::unique_ptr<Reference> ReadStore::clone() const {
    return std::unique_ptr<Reference>(new ReadStore(*this));
}

}  // namespace dna_hnet::genome
