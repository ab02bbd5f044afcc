#pragma once
// Every parser of the toolkit behind one door: a file's name, whose end chooses the format, and a
// function that reads the whole of it. Whatever the bytes are, a parser takes them or throws Error;
// another exception, a crash, or what a sanitizer reports is a defect.
//
// replay_test.cpp runs them over tests/fuzz/corpus/PARSER/*, over files of our own writers, and
// over cuts and mutations of both. libfuzzer_main.cpp is the same for libFuzzer, by hand:
//
//   CXX=clang++ CC=clang cmake --preset dev -B build/fuzz
//   -DDNA_HNET_SANITIZE=fuzzer-no-link,address cmake --build build/fuzz --target fuzz
//   DNA_HNET_FUZZ_PARSER=bed build/fuzz/tests/fuzz/fuzz -close_fd_mask=3 tests/fuzz/corpus/bed
//
// What it finds becomes a file of the corpus: refused-WHAT when it must be refused.
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace dna_hnet::fuzz {

struct Parser {
    std::string name;  // and folder of the corpus
    std::string file;  // what the bytes are called on disk
    void (*read)(const std::string& path);
};

const std::vector<Parser>& parsers();

enum class Verdict { taken, refused };

// Writes the bytes into a fresh folder inside `scratch` and reads them. Everything but Error passes
// through; the folder then stays.
Verdict judge(const Parser& parser, std::string_view bytes, const std::filesystem::path& scratch);

// A memory disk where there is one.
std::filesystem::path scratch_folder();

}  // namespace dna_hnet::fuzz
