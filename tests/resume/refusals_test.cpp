// What a run refuses, and what it leaves on disk.
#include <ATen/ATen.h>

#include "core/json_reader.hpp"
#include "core/log.hpp"
#include "model/checkpoint.hpp"
#include "small_run.hpp"
#include "support/test.hpp"

using namespace dna_hnet;
namespace fs = std::filesystem;

namespace {

train::TrainResult run(const train::TrainRequest& request) {
    set_log_verbosity(-1);
    auto genome = test::made_up_genome();
    return train::train(genome, request);
}

Error refused(const train::TrainRequest& request) {
    return test::error_of([&] { run(request); });
}

}  // namespace

TEST_CASE("a run that was stopped before its first checkpoint is begun anew", "[quick]") {
    const test::TemporaryFolder folder;
    const auto request = test::small_request(folder.path() / "run", 1);
    fs::create_directories(request.run_folder / "checkpoints");
    write_file_atomically(request.run_folder / "metrics.jsonl", "of the stopped run\n");
    run(request);
    CHECK(model::read_checkpoint(request.run_folder).record.step == 1);
    CHECK_FALSE(test::contains(read_file(request.run_folder / "metrics.jsonl"), "stopped"));
}

TEST_CASE("no step at all gives the untrained model") {
    const test::TemporaryFolder folder;
    auto request = test::small_request(folder.path() / "run", 0);
    request.provenance.command = "dna-hnet train";
    const auto result = run(request);
    CHECK(result.steps == 0);
    CHECK(result.best == request.run_folder / "checkpoints" / "step-0");
    const auto checkpoint = model::read_checkpoint(request.run_folder);
    CHECK((checkpoint.record.splits.train == request.splits.train));
    CHECK(std::isnan(checkpoint.record.valid_bits_per_base));
    const auto loaded = model::load_model(checkpoint, at::kCPU);
    model::LanguageModelImpl expected(request.model);
    model::initialize(expected, 1);
    const auto weights = expected.named_parameters();
    for (const auto& item : loaded->named_parameters())
        CHECK(at::equal(item.value(), weights[item.key()]));

    // The run's configuration can be given to another run.
    const auto path = (request.run_folder / "config.json").string();
    const auto json = read_json_file(path);
    CHECK(json.at("provenance").at("command") == "dna-hnet train");
    const auto file = config::parse_config_file(json, path);
    CHECK(file.model == request.model);
    CHECK(file.training.context == 64);

    SECTION("an existing run is refused") {
        const Error error = refused(request);
        CHECK(error.kind() == ErrorKind::usage);
        CHECK(test::contains(error.what(), "holds a run already"));
    }
    SECTION("weights of another run can be the first ones") {
        auto next = test::small_request(folder.path() / "next", 0);
        next.train.seed = 9;
        next.init_from = request.run_folder;
        run(next);
        CHECK(model::read_checkpoint(next.run_folder).fingerprint == checkpoint.fingerprint);
        next.run_folder = folder.path() / "other";
        next.model.stages[0].d_state = 32;
        CHECK(test::contains(refused(next).what(), "--init-from"));
        CHECK_FALSE(fs::exists(next.run_folder));
    }
    SECTION("a resumed run keeps its configuration and data") {
        request.resume = true;
        request.train.steps = 1;
        auto other = request;
        other.train.learning_rate = 1;
        CHECK(refused(other).kind() == ErrorKind::usage);
        CHECK(test::contains(refused(other).what(), "learning_rate: got 1.0, the run has 0.003"));
        other = request;
        other.splits.valid = {};
        CHECK(refused(other).kind() == ErrorKind::bad_input);
        other = request;
        test::MemoryReference genome(
            {{"chr1", std::string(4000, 'A')}, {"chr3", std::string(1500, 'A')}});
        CHECK(test::contains(test::error_of([&] { train::train(genome, other); }).what(),
                             "reference fingerprint"));
        CHECK(run(request).steps == 1);
    }
}

TEST_CASE("an optimizer file that was changed is refused") {
    const test::TemporaryFolder folder;
    auto request = test::small_request(folder.path() / "run", 3);
    request.train.save_every = 2;
    run(request);
    request.train.steps = 3;
    fs::remove_all(request.run_folder / "checkpoints" / "step-3");
    fs::remove(request.run_folder / "best");
    write_file_atomically(request.run_folder / "latest", "checkpoints/step-2\n");
    const auto path = request.run_folder / "checkpoints" / "step-2" / "optimizer.safetensors";
    std::string bytes = read_file(path);
    bytes[bytes.size() - 1000] = static_cast<char>(bytes[bytes.size() - 1000] ^ 1);
    write_file_atomically(path, bytes);
    request.resume = true;
    const Error error = refused(request);
    CHECK(error.kind() == ErrorKind::bad_input);
    CHECK(test::contains(error.what(), "optimizer.safetensors: is not the file that was saved"));
}

TEST_CASE("wrong requests are refused before anything is written") {
    const test::TemporaryFolder folder;
    const auto request = test::small_request(folder.path() / "run", 2);
    auto wrong = request;
    wrong.resume = true;
    CHECK(refused(wrong).kind() == ErrorKind::bad_input);
    CHECK(test::contains(refused(wrong).what(), "no checkpoint to resume from"));
    wrong = request;
    wrong.threads = 0;
    CHECK(refused(wrong).kind() == ErrorKind::usage);
    wrong = request;
    wrong.device = "tpu";
    CHECK(refused(wrong).kind() == ErrorKind::usage);
    wrong = request;
    wrong.train.batch_bases = 100;
    CHECK(test::contains(refused(wrong).what(), "expected a multiple of --context"));
    wrong = request;
    wrong.train.target_ratio = {3, 3};
    CHECK(test::contains(refused(wrong).what(), "target_ratio"));
    wrong = request;
    wrong.train.softmask_weight = 0.1;
    CHECK(test::contains(refused(wrong).what(), "training contig chr1"));
    CHECK_FALSE(fs::exists(request.run_folder));
}

TEST_CASE("a validation that is not finite ends the run without a checkpoint of it") {
    const test::TemporaryFolder folder;
    auto request = test::small_request(folder.path() / "run", 1);
    request.train.learning_rate = 1e30;
    const Error error = refused(request);
    CHECK(error.kind() == ErrorKind::run_failed);
    CHECK(test::contains(error.what(), "step 1: validation"));
    CHECK_FALSE(fs::exists(request.run_folder / "latest"));
}

TEST_CASE("a loss that is not finite ends the run and leaves the last checkpoint") {
    const test::TemporaryFolder folder;
    auto request = test::small_request(folder.path() / "run", 20);
    request.train.learning_rate = 1e30;
    request.train.save_every = 1;
    const Error error = refused(request);
    CHECK(error.kind() == ErrorKind::run_failed);
    CAPTURE(error.what());
    CHECK(test::contains(error.what(), "expected finite numbers"));
    CHECK(test::contains(error.what(), "learning rate"));
    CHECK(fs::exists(request.run_folder / "checkpoints" / "step-1" / "model.safetensors"));
}
