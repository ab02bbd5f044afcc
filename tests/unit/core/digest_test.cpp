#include "core/digest.hpp"

#include "core/atomic_file.hpp"
#include "support/test.hpp"

using namespace dna_hnet;

TEST_CASE("digests of RFC 1321 and FIPS 180") {
    CHECK(md5_hex("") == "d41d8cd98f00b204e9800998ecf8427e");
    CHECK(md5_hex("abc") == "900150983cd24fb0d6963f7d28e17f72");
    CHECK(sha256_hex("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    CHECK(sha256_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(sha256_hex(std::string(1000000, 'a')) ==
          "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("a digest in pieces and of a file") {
    Digest digest(Digest::Kind::sha256);
    digest.update("a", 1);
    digest.update("", 0);
    digest.update("bc", 2);
    CHECK(digest.hex() == sha256_hex("abc"));
    const test::TemporaryFolder folder;
    const std::string bytes((std::size_t{1} << 20) + 17, 'n');  // past one buffer
    write_file_atomically(folder.file("x"), bytes);
    CHECK(sha256_of_file(folder.file("x")) == sha256_hex(bytes));
    CHECK(test::error_of([&] { sha256_of_file(folder.file("y")); }).kind() == ErrorKind::bad_input);
    CHECK(test::error_of([&] { sha256_of_file(folder.path()); }).kind() == ErrorKind::bad_input);
}
