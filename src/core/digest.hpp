#pragma once
// Fingerprints by OpenSSL. Hex, lower case.
#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace dna_hnet {

class Digest {
  public:
    enum class Kind { md5, sha256 };
    explicit Digest(Kind kind);
    ~Digest();
    Digest(Digest&&) noexcept;
    void update(const void* bytes, std::size_t size);
    std::string hex();  // ends the computation

  private:
    struct State;
    std::unique_ptr<State> state_;
};

std::string md5_hex(std::string_view bytes);
std::string sha256_hex(std::string_view bytes);
std::string sha256_of_file(const std::filesystem::path& path);

}  // namespace dna_hnet
