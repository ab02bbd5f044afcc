#include "core/digest.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <cstdio>
#include <vector>

#include "core/error.hpp"

namespace dna_hnet {

struct Digest::State {
    std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context{EVP_MD_CTX_new(),
                                                                    EVP_MD_CTX_free};
};

Digest::Digest(Kind kind) : state_(std::make_unique<State>()) {
    const EVP_MD* type = kind == Kind::md5 ? EVP_md5() : EVP_sha256();
    if (!state_->context || EVP_DigestInit_ex(state_->context.get(), type, nullptr) != 1) {
        throw run_error("OpenSSL: digest not available");
    }
}
Digest::~Digest() = default;
Digest::Digest(Digest&&) noexcept = default;

void Digest::update(const void* bytes, std::size_t size) {
    if (EVP_DigestUpdate(state_->context.get(), bytes, size) != 1) {
        throw run_error("OpenSSL: digest failed");
    }
}

std::string Digest::hex() {
    unsigned char bytes[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    if (EVP_DigestFinal_ex(state_->context.get(), bytes, &size) != 1) {
        throw run_error("OpenSSL: digest failed");
    }
    std::string text;
    for (unsigned int i = 0; i < size; ++i) text += fmt::format("{:02x}", bytes[i]);
    return text;
}

namespace {

std::string digest_of(Digest::Kind kind, std::string_view bytes) {
    Digest digest(kind);
    digest.update(bytes.data(), bytes.size());
    return digest.hex();
}

}  // namespace

std::string md5_hex(std::string_view bytes) {
    return digest_of(Digest::Kind::md5, bytes);
}
std::string sha256_hex(std::string_view bytes) {
    return digest_of(Digest::Kind::sha256, bytes);
}

std::string sha256_of_file(const std::filesystem::path& path) {
    std::unique_ptr<std::FILE, decltype(&std::fclose)> file(std::fopen(path.c_str(), "rb"),
                                                            std::fclose);
    if (!file) throw input_error(fmt::format("{}: cannot open: {}", path.string(), errno_text()));
    Digest digest(Digest::Kind::sha256);
    std::vector<char> buffer(1 << 20);
    std::size_t got = 0;
    while ((got = std::fread(buffer.data(), 1, buffer.size(), file.get())) > 0) {
        digest.update(buffer.data(), got);
    }
    if (std::ferror(file.get())) {
        throw input_error(fmt::format("{}: cannot read: {}", path.string(), errno_text()));
    }
    return digest.hex();
}

}  // namespace dna_hnet
