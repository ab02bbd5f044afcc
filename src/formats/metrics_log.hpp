#pragma once
// The diary of a training run: one JSON object per event in metrics.jsonl and the same events as
// rows of metrics.csv, both flushed after every event, so that a run that is killed leaves whole
// lines.
//
//   MetricsLog log("run", {"loss", "valid_bits"});
//   log.write(10, "train", {{"loss", 1.375}});
//     metrics.jsonl   {"step":10,"event":"train","loss":1.375}
//     metrics.csv     step,event,loss,valid_bits
//                     10,train,1.375,
//
// Numbers have the digits that read back to the same double; NaN and infinities are null in JSON
// and NA in CSV. Errors: run_failed when writing fails or an event holds a key that is no column;
// bad_input for a damaged metrics.jsonl.
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dna_hnet::formats {

class MetricsLog {
  public:
    // Without `keep_until_step` both files begin empty. With it (a resumed run) the events of
    // metrics.jsonl with step <= keep_until_step stay, byte for byte; later ones and a last line
    // that was cut off are dropped, and metrics.csv is written anew from what stays (a key that is
    // no column any more stays in metrics.jsonl alone).
    MetricsLog(const std::filesystem::path& folder, std::vector<std::string> columns,
               std::optional<std::int64_t> keep_until_step = std::nullopt);

    // Keys are columns, in any order and each at most once.
    void write(std::int64_t step, std::string_view event,
               const std::vector<std::pair<std::string, double>>& values);

  private:
    struct Close {
        void operator()(std::FILE* file) const { std::fclose(file); }
    };
    struct Output {
        std::filesystem::path path;
        std::unique_ptr<std::FILE, Close> file;
        void append(const std::string& line);
    };
    using Cells = std::vector<std::optional<double>>;  // one per column

    std::string csv_row(std::int64_t step, std::string_view event, const Cells& cells) const;
    std::string kept_lines(const std::string& text, std::int64_t keep_until_step,
                           std::string& csv) const;

    std::vector<std::string> columns_;
    Output jsonl_, csv_;
};

}  // namespace dna_hnet::formats
