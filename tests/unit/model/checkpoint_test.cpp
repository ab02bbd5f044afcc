#include "model/checkpoint.hpp"

#include <ATen/ATen.h>

#include <cmath>
#include <fstream>

#include "core/digest.hpp"
#include "core/json_reader.hpp"
#include "model/named_tensors.hpp"
#include "support/memory_reference.hpp"
#include "support/test.hpp"
#include "support/tiny_model.hpp"

using namespace dna_hnet;
using namespace dna_hnet::model;
namespace fs = std::filesystem;

namespace {

TrainingRecord sample_record() {
    TrainingRecord record;
    record.contigs = {{"chr1", 1000, "abc"}, {"chr2", 500, ""}, {"chr3", 9, ""}};
    record.reference_fingerprint = "f00d";
    record.splits.train = {{0, 0, 900}, {1, 100, 500}};
    record.splits.valid = {{0, 900, 1000}};
    record.step = 7;
    record.bases_seen = 7000;
    record.valid_bits_per_base = 1.9 + 1e-13;
    return record;
}

// A run folder with one checkpoint in it.
struct Fixture {
    test::TemporaryFolder folder;
    LanguageModel model = std::make_shared<LanguageModelImpl>(test::tiny_model());
    fs::path checkpoint = folder.path() / "checkpoints" / "step-7";

    Fixture() {
        initialize(*model, 3);
        fs::create_directories(checkpoint);
        config::TrainConfig train;
        train.context = 64;
        write_checkpoint(checkpoint, *model, train, sample_record(), {{"cursor", 12}});
        write_file_atomically(folder.path() / "latest", "checkpoints/step-7\n");
    }
    NamedTensors tensors() const {
        NamedTensors all;
        for (const auto& item : model->named_parameters())
            all.emplace_back(item.key(), item.value());
        return all;
    }
    Error load_error() const {
        return test::error_of([&] { load_model(read_checkpoint(checkpoint), at::kCPU); });
    }
    Error edited(const std::string& file, const std::string& from, const std::string& to) const {
        std::string text = read_file(checkpoint / file);
        const auto place = text.find(from);
        REQUIRE(place != std::string::npos);
        write_file_atomically(checkpoint / file, text.replace(place, from.size(), to));
        const Error error = load_error();
        CHECK(error.kind() == ErrorKind::bad_input);
        CHECK(test::contains(error.what(), file));
        return error;
    }
};

}  // namespace

TEST_CASE("a checkpoint comes back as it was") {
    const Fixture f;
    const auto checkpoint = read_checkpoint(f.folder.path());  // through `latest`
    CHECK(checkpoint.folder == f.folder.path() / "checkpoints/step-7");
    CHECK(checkpoint.model_config == f.model->config);
    CHECK(checkpoint.train_config.context == 64);
    CHECK(checkpoint.fingerprint == sha256_of_file(f.checkpoint / "model.safetensors"));
    CHECK(checkpoint.record.contigs.at(0).md5 == "abc");
    CHECK(checkpoint.record.contigs.at(1).length == 500);
    CHECK((checkpoint.record.splits.train == sample_record().splits.train));
    CHECK((checkpoint.record.splits.valid == sample_record().splits.valid));
    CHECK(checkpoint.record.splits.test.empty());
    CHECK(checkpoint.record.step == 7);
    CHECK(checkpoint.record.bases_seen == 7000);
    CHECK(checkpoint.record.valid_bits_per_base == sample_record().valid_bits_per_base);
    CHECK(read_extra_state(checkpoint).at("cursor") == 12);
    const auto model = load_model(checkpoint, at::kCPU);
    const auto again = model->named_parameters();
    for (const auto& [name, tensor] : f.tensors()) CHECK(at::equal(again[name], tensor));
}

TEST_CASE("best goes before latest, and pointers are checked") {
    const Fixture f;
    fs::copy(f.checkpoint, f.folder.path() / "checkpoints" / "step-3", fs::copy_options::recursive);
    write_file_atomically(f.folder.path() / "best", "checkpoints/step-3\n");
    CHECK(find_checkpoint(f.folder.path()).filename() == "step-3");
    CHECK(find_checkpoint(f.checkpoint) == f.checkpoint);
    write_file_atomically(f.folder.path() / "best", "checkpoints/step-4\n");
    CHECK(test::contains(test::error_of([&] { find_checkpoint(f.folder.path()); }).what(),
                         "best: names \"checkpoints/step-4\""));
    CHECK(
        test::contains(test::error_of([&] { find_checkpoint(f.folder.path() / "nowhere"); }).what(),
                       "no such folder"));
    const test::TemporaryFolder empty;
    CHECK(test::contains(test::error_of([&] { find_checkpoint(empty.path()); }).what(),
                         "neither a checkpoint"));
}

TEST_CASE("damaged weights are refused, and all wrong names are listed") {
    const Fixture f;
    const fs::path weights = f.checkpoint / "model.safetensors";
    SECTION("truncated") {
        fs::resize_file(weights, fs::file_size(weights) - 5);
        CHECK(test::contains(f.load_error().what(), "model.safetensors"));
    }
    SECTION("one bit of a weight") {
        std::fstream file(weights, std::ios::in | std::ios::out | std::ios::binary);
        file.seekg(-7, std::ios::end);
        const char byte = static_cast<char>(file.peek() ^ 1);
        file.seekp(-7, std::ios::end);
        file.put(byte);
        file.close();
        CHECK(test::contains(f.load_error().what(), "model.safetensors: sha256"));
    }
    SECTION("not a safetensors file") {
        std::ofstream(weights) << "not a number of bytes";
        CHECK(f.load_error().kind() == ErrorKind::bad_input);
    }
    SECTION("missing and unexpected names") {
        auto tensors = f.tensors();
        tensors.front().first = "embeddings.bias";
        tensors.pop_back();
        write_tensors(weights, tensors, {});
        const std::string message = f.load_error().what();
        CHECK(test::contains(message, "2 tensors are missing: embeddings.weight, lm_head.weight"));
        CHECK(test::contains(message, "1 tensors are unexpected: embeddings.bias"));
    }
    SECTION("wrong shape") {
        auto tensors = f.tensors();
        tensors.front().second = at::zeros({9, 32});
        write_tensors(weights, tensors, {});
        CHECK(test::contains(f.load_error().what(),
                             "embeddings.weight: shape [9, 32], expected [8, 32]"));
    }
    SECTION("not finite") {
        auto tensors = f.tensors();
        tensors.back().second = tensors.back().second.detach().clone();
        tensors.back().second.view({-1})[5] = std::nan("");
        write_tensors(weights, tensors, {});
        CHECK(test::contains(f.load_error().what(),
                             "lm_head.weight: holds values that are not finite"));
    }
    SECTION("nothing is assigned before all checks pass") {
        auto tensors = f.tensors();
        tensors.back().second = at::zeros({1});
        write_tensors(weights, tensors, {});
        const auto target = at::full({8, 32}, 5.0);
        NamedTensors targets = f.tensors();
        targets.front().second = target;
        test::error_of([&] { read_tensors(formats::SafetensorsFile(weights), "w", targets); });
        CHECK((target == 5).all().item<bool>());
    }
}

TEST_CASE("damaged texts are refused as inputs, with the file's name") {
    const Fixture f;
    SECTION("configuration") {
        f.edited("config.json", "\"vocab_size\": 8", "\"vocab_size\": -8");
    }
    SECTION("unknown key") {
        CHECK(test::contains(f.edited("config.json", "\"context\"", "\"kontext\"").what(),
                             "kontext"));
    }
    SECTION("cut off") {
        f.edited("state.json", "\"training\": {", "\"training\":");
    }
    SECTION("interval past the contig") {
        CHECK(test::contains(f.edited("state.json", "900", "1900").what(),
                             "expected 0 <= begin < end <= 1000"));
    }
    SECTION("unknown contig") {
        CHECK(test::contains(f.edited("state.json", "\"chr1\"", "\"chrX\"").what(), "chr1"));
    }
    SECTION("later format") {
        CHECK(test::contains(f.edited("state.json", "\"format\": 1", "\"format\": 2").what(),
                             "format"));
    }
}

TEST_CASE("the splits of a training run are told in terms of another reference") {
    test::MemoryReference other({{"chrA", std::string(9, 'A')},
                                 {"chr2", std::string(500, 'A')},
                                 {"chr1", std::string(999, 'A')}});
    std::vector<std::string> unmatched;
    const auto splits = sample_record().splits_for(other, unmatched);
    CHECK((splits.train == std::vector<genome::Interval>{{1, 100, 500}}));
    CHECK(splits.valid.empty());
    CHECK(unmatched == std::vector<std::string>{"chr1"});  // other length; chr3 is in no split

    TrainingRecord labelled = sample_record();
    labelled.contigs[1].name = "human#chr2";
    unmatched.clear();
    CHECK((labelled.splits_for(other, unmatched).train == splits.train));
    CHECK(unmatched == std::vector<std::string>{"chr1"});
}
