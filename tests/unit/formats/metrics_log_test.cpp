#include "formats/metrics_log.hpp"

#include <cmath>
#include <limits>

#include "core/atomic_file.hpp"
#include "support/test.hpp"

using namespace dna_hnet;
using namespace dna_hnet::formats;

namespace {

void write_steps(MetricsLog& log, std::int64_t first, std::int64_t last) {
    for (std::int64_t step = first; step <= last; ++step) {
        log.write(step, "train", {{"loss", 1.0 / static_cast<double>(step)}});
        if (step % 2 == 0) log.write(step, "valid", {{"bits", 0.1 + 0.2}, {"loss", 3e-300}});
    }
}

}  // namespace

TEST_CASE("metrics: one event is one line in both files, at once") {
    const test::TemporaryFolder folder;
    MetricsLog log(folder.path(), {"loss", "bits"});
    CHECK(read_file(folder.file("metrics.csv")) == "step,event,loss,bits\n");
    log.write(10, "train", {{"loss", 1.375}});
    log.write(10, "valid", {{"bits", 0.1 + 0.2}, {"loss", std::nan("")}});
    log.write(11, "train", {{"loss", 1e-5}, {"bits", std::numeric_limits<double>::infinity()}});
    CHECK(read_file(folder.file("metrics.jsonl")) ==
          "{\"step\":10,\"event\":\"train\",\"loss\":1.375}\n"
          "{\"step\":10,\"event\":\"valid\",\"loss\":null,\"bits\":0.30000000000000004}\n"
          "{\"step\":11,\"event\":\"train\",\"loss\":1e-05,\"bits\":null}\n");
    CHECK(read_file(folder.file("metrics.csv")) ==
          "step,event,loss,bits\n10,train,1.375,\n10,valid,NA,0.30000000000000004\n11,train,1e-05,"
          "NA\n");
}

TEST_CASE("metrics: a resumed run has the bytes of a run that never stopped") {
    const test::TemporaryFolder whole, broken;
    {
        MetricsLog log(whole.path(), {"loss", "bits"});
        write_steps(log, 1, 9);
    }
    {
        MetricsLog log(broken.path(), {"loss", "bits"});
        write_steps(log, 1, 6);  // the checkpoint is at step 4; the run was killed inside a line
    }
    write_file_atomically(broken.file("metrics.jsonl"),
                          read_file(broken.file("metrics.jsonl")) + "{\"step\":7,\"eve");
    {
        MetricsLog log(broken.path(), {"loss", "bits"}, 4);
        write_steps(log, 5, 9);
    }
    CHECK(read_file(broken.file("metrics.jsonl")) == read_file(whole.file("metrics.jsonl")));
    CHECK(read_file(broken.file("metrics.csv")) == read_file(whole.file("metrics.csv")));
}

TEST_CASE("metrics: resuming where there is nothing, and starting anew where there is something") {
    const test::TemporaryFolder folder;
    { MetricsLog log(folder.path(), {"loss"}, 100); }
    CHECK(read_file(folder.file("metrics.jsonl")).empty());
    {
        MetricsLog log(folder.path(), {"loss"});
        log.write(1, "train", {{"loss", 1}});
    }
    { MetricsLog log(folder.path(), {"loss", "rate"}, 0); }
    CHECK(read_file(folder.file("metrics.csv")) == "step,event,loss,rate\n");
}

TEST_CASE("metrics: errors") {
    const test::TemporaryFolder folder;
    MetricsLog log(folder.path(), {"loss"});
    CHECK(test::contains(test::error_of([&] {
                             log.write(1, "train", {{"los", 1}});
                         }).what(),
                         "\"los\" is no column"));
    CHECK(test::contains(test::error_of([&] {
                             log.write(1, "train", {{"loss", 1}, {"loss", 2}});
                         }).what(),
                         "twice"));
    CHECK(test::contains(test::error_of([&] { log.write(1, "a,b", {}); }).what(), "event \"a,b\""));
    CHECK(read_file(folder.file("metrics.jsonl")).empty());
    CHECK_THROWS_AS(MetricsLog(folder.path(), {"loss", "loss"}), Error);
    CHECK_THROWS_AS(MetricsLog(folder.path(), {"step"}), Error);
    CHECK(test::error_of([&] { MetricsLog(folder.path() / "absent", {"loss"}); }).kind() ==
          ErrorKind::run_failed);
    write_file_atomically(folder.file("metrics.jsonl"),
                          "{\"step\":1,\"event\":\"train\"}\n{\"step\":\n");
    const Error error = test::error_of([&] { MetricsLog(folder.path(), {"loss"}, 5); });
    CHECK(error.kind() == ErrorKind::bad_input);
    CHECK(test::contains(error.what(), "metrics.jsonl:2"));
}
