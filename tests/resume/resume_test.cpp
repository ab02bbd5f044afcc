// A run that was stopped, by itself, by a signal or by force, and goes on, ends as if nothing had
// happened: weights and moments bit for bit, metrics but for time, rate and memory.
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <iostream>
#include <random>
#include <thread>

#include "core/log.hpp"
#include "core/signals.hpp"
#include "model/checkpoint.hpp"
#include "small_run.hpp"
#include "support/test.hpp"

using namespace dna_hnet;
namespace fs = std::filesystem;

namespace {

constexpr std::int64_t kSteps = 40;
constexpr const char* kChildFolder =
    "DNA_HNET_TEST_RUN";  // set: this process is the run that gets the signal

train::TrainRequest long_request(const fs::path& folder) {
    auto request = test::small_request(folder, kSteps);
    request.train.eval_every = 4;
    return request;
}

void run(const train::TrainRequest& request) {
    set_log_verbosity(-1);
    auto genome = test::made_up_genome();
    train::train(genome, request);
}

void require_same_end(const fs::path& one, const fs::path& other, std::int64_t steps) {
    const fs::path last = fs::path("checkpoints") / ("step-" + std::to_string(steps));
    for (const char* file :
         {"model.safetensors", "optimizer.safetensors", "state.json", "config.json"}) {
        CAPTURE(file);
        CHECK(read_file(one / last / file) == read_file(other / last / file));
    }
    CHECK(test::metrics_of(one) == test::metrics_of(other));
    for (const char* pointer : {"latest", "best"})
        CHECK(read_file(one / pointer) == read_file(other / pointer));
}

// Starts this program as the run in `folder`, sends `signal` after about `step` steps, and returns
// the status of its end.
int signalled_run(const fs::path& folder, std::int64_t step, int signal) {
    std::vector<std::string> variables = {std::string(kChildFolder) + "=" + folder.string()};
    std::vector<char*> environment = {variables[0].data()};
    for (char** item = environ; *item; ++item) environment.push_back(*item);
    environment.push_back(nullptr);
    std::string program = "/proc/self/exe", name = "the run that gets a signal";
    char* arguments[] = {program.data(), name.data(), nullptr};
    pid_t child = 0;
    REQUIRE(posix_spawn(&child, program.c_str(), nullptr, nullptr, arguments, environment.data()) ==
            0);
    int status = 0;
    bool sent = false;
    while (waitpid(child, &status, sent ? 0 : WNOHANG) == 0) {
        std::error_code none;
        const fs::path metrics = folder / "metrics.jsonl";
        // A line has about 300 bytes; counting lines exactly is not needed.
        if (fs::exists(metrics, none)) {
            const std::string text = read_file(metrics);
            sent = std::count(text.begin(), text.end(), '\n') >= step;
        }
        if (sent) kill(child, signal);
        if (!sent) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return status;
}

std::int64_t random_step(std::int64_t low) {
    std::random_device device;
    const auto step = std::uniform_int_distribution<std::int64_t>(low, kSteps - 8)(device);
    std::cout << "signal after step " << step << "\n";
    return step;
}

}  // namespace

TEST_CASE("the run that gets a signal", "[.]") {
    const char* folder = std::getenv(kChildFolder);
    REQUIRE(folder);
    install_stop_signals();
    try {
        run(long_request(folder));
    } catch (const Stopped& stopped) {
        _exit(128 + stopped.signal);
    }
}

TEST_CASE("six steps are three and three more") {
    const test::TemporaryFolder folder;
    auto whole = test::small_request(folder.path() / "whole", 6);
    whole.train.save_every = 3;
    run(whole);
    // The first half is a run of six steps that lost everything after its third: schedules know the
    // number of steps.
    const fs::path half = folder.path() / "half";
    fs::copy(whole.run_folder, half, fs::copy_options::recursive);
    fs::remove_all(half / "checkpoints" / "step-6");
    fs::remove(half / "best");
    write_file_atomically(half / "latest", "checkpoints/step-3\n");
    auto rest = whole;
    rest.run_folder = half;
    rest.resume = true;
    run(rest);
    require_same_end(whole.run_folder, half, 6);
    CHECK(test::checkpoints_in(half) == 2);
    const auto events = test::metrics_of(half);
    REQUIRE(events.size() == 7);
    CHECK(events.front().at("step") == 1);
    CHECK(events.back().at("event") == "valid");
    CHECK(events.back().at("scored_bases") > 200);

    run(rest);  // a finished run has nothing left to do
    require_same_end(whole.run_folder, half, 6);
}

TEST_CASE("the result does not depend on the number of replicas, and something is learned") {
    const test::TemporaryFolder folder;
    auto two = test::small_request(folder.path() / "two", 30),
         one = test::small_request(folder.path() / "one", 30);
    one.threads = 1;
    run(two);
    run(one);
    CHECK(read_file(one.run_folder / "checkpoints/step-30/model.safetensors") ==
          read_file(two.run_folder / "checkpoints/step-30/model.safetensors"));
    const auto events = test::metrics_of(one.run_folder);
    CHECK(events == test::metrics_of(two.run_folder));
    const double first = events.at(0).at("bits_per_base"), last = events.at(29).at("bits_per_base");
    CAPTURE(first, last);
    CHECK(last < first - 0.2);
    CHECK(events.at(0).at("bases_per_chunk_s0") > 1);
}

TEST_CASE("a run that was asked to stop, or killed, ends as if nothing had happened") {
    const test::TemporaryFolder folder;
    const auto whole = long_request(folder.path() / "whole");
    run(whole);
    CHECK(test::checkpoints_in(whole.run_folder) <= 2);  // latest and best
    for (const int signal : {SIGTERM, SIGKILL}) {
        CAPTURE(signal);
        auto request = long_request(folder.path() / std::to_string(signal));
        // Killed before the first evaluation, there is nothing to resume from.
        const int status =
            signalled_run(request.run_folder, random_step(signal == SIGKILL ? 8 : 1), signal);
        if (signal == SIGTERM) {
            REQUIRE(WIFEXITED(status));
            REQUIRE(WEXITSTATUS(status) == 128 + SIGTERM);
        } else {
            REQUIRE(WIFSIGNALED(status));
        }
        std::string latest = read_file(request.run_folder / "latest");
        latest.pop_back();  // the line's end
        const auto at = model::read_checkpoint(request.run_folder / latest);
        CHECK(at.record.step < kSteps);
        request.resume = true;
        run(request);
        require_same_end(whole.run_folder, request.run_folder, kSteps);
        CHECK(test::checkpoints_in(request.run_folder) <= 2);
    }
}
