// The table of score: what its rows are sums of, and that neither stripes nor jobs change them.
#include <cmath>
#include <map>
#include <sstream>

#include "core/log.hpp"
#include "evaluate/model_runner.hpp"
#include "fixtures.hpp"
#include "support/test.hpp"
#include "tasks/baseline.hpp"
#include "tasks/score_sums.hpp"

namespace dna_hnet::laws {
namespace {

using evaluate::Mode;
using genome::Interval;
using genome::Strand;
using tasks::ScoreTableRequest;

// chr1 has lower case, a gap and a short run of N; chr2 has no case.
test::MemoryReference scored_genome() {
    std::string first = random_letters(7000, 41) + std::string(70, 'N') + random_letters(900, 42) +
                        "NN" + random_letters(3000, 43);
    for (std::size_t i = 2000; i < 2600; ++i) first[i] = static_cast<char>(std::tolower(first[i]));
    return test::MemoryReference({{"chr1", first}, {"chr2", random_letters(2500, 44)}});
}

using Row = std::map<std::string, std::string>;

std::vector<Row> parse(const std::string& text) {
    std::istringstream lines(text);
    std::string line, cell;
    std::vector<std::string> columns;
    std::vector<Row> rows;
    while (std::getline(lines, line)) {
        if (line[0] == '#') continue;
        std::istringstream cells(line);
        std::vector<std::string> values;
        while (std::getline(cells, cell, '\t')) values.push_back(cell);
        if (columns.empty()) {
            columns = values;
            continue;
        }
        REQUIRE(values.size() == columns.size());
        rows.emplace_back();
        for (std::size_t i = 0; i < columns.size(); ++i) rows.back()[columns[i]] = values[i];
    }
    return rows;
}

const Row& find(const std::vector<Row>& rows, const std::string& split, const std::string& klass,
                const std::string& model) {
    for (const Row& row : rows) {
        if (row.at("split") == split && row.at("class") == klass && row.at("model") == model) {
            return row;
        }
    }
    FAIL("no row " << split << ' ' << klass << ' ' << model);
    return rows[0];
}

double number(const Row& row, const std::string& column) {
    return std::stod(row.at(column));
}

struct Scorer {
    test::MemoryReference reference = scored_genome();
    genome::SplitTable splits{{{0, 0, 5000}}, {{0, 5000, 7500}}, {{1, 0, 2500}}};
    baselines::BaselineSet set = baselines::BaselineSet::fit(reference, splits.train, {});
    evaluate::ReadingOptions reading;
    evaluate::ModelRunner runner;

    explicit Scorer(Mode mode)
        : reading(options(mode)), runner(random_model(models()[2].json, 51), reading) {
        set_log_verbosity(-1);
    }
    static evaluate::ReadingOptions options(Mode mode) {
        evaluate::ReadingOptions reading;
        reading.mode = mode;
        reading.context = 800;
        reading.threads = 2;
        return reading;
    }
    std::string text(ScoreTableRequest request, std::string* blocks = nullptr) {
        std::string out;
        request.provenance.enabled = false;
        request.output = [&](std::string_view part) { out += part; };
        if (blocks) request.blocks = [&](std::string_view part) { *blocks += part; };
        tasks::ScoreSources sources;
        sources.runner = &runner;
        sources.baselines = &set;
        sources.rows = {2, 15};  // order2, mix+copy
        tasks::write_score_table(reference, sources, reading, &splits, request);
        return out;
    }
};

TEST_CASE("rows by split, class and model, on the mean of both strands") {
    for (const Mode mode : {Mode::windows, Mode::carry}) {
        INFO("mode " << static_cast<int>(mode));
        Scorer scorer(mode);
        ScoreTableRequest request;
        request.classes = {{"F", {{0, 100, 200}}, {{0, 150, 300}}, true}};
        const auto both = parse(scorer.text(request));
        request.strands = {Strand::forward};
        const auto forward = parse(scorer.text(request));
        request.strands = {Strand::reverse};
        const auto reverse = parse(scorer.text(request));

        CHECK(both[0].at("split") == "all");
        CHECK(both[0].at("class") == "all");
        CHECK(both[0].at("strand") == "both");
        CHECK(both[0].at("model") == "dna-hnet");
        CHECK(both[0].at("scored_bases") == "13400");
        CHECK(both[0].at("skipped_bases") == "72");
        CHECK(both[0].at("delta_vs_model") == "0.000000");
        CHECK(number(both[0], "perplexity") ==
              Approx(std::exp2(number(both[0], "bits_per_base"))).epsilon(1e-5));
        CHECK(forward[0].at("strand") == "forward");
        for (const char* model : {"dna-hnet", "order2", "mix+copy"}) {
            const auto bits = [&](const std::vector<Row>& rows, const char* klass) {
                return number(find(rows, "all", klass, model), "bits_per_base");
            };
            CHECK(bits(both, "all") ==
                  Approx(0.5 * (bits(forward, "all") + bits(reverse, "all"))).margin(2e-6));
            CHECK(number(find(both, "all", "all", model), "delta_vs_model") ==
                  Approx(bits(both, "all") - number(both[0], "bits_per_base")).margin(2e-6));
            // A class on one strand has that strand's bits: 100 bases forward, 150 reverse.
            CHECK(find(forward, "all", "F", model).at("scored_bases") == "100");
            CHECK(find(reverse, "all", "F", model).at("scored_bases") == "150");
            CHECK(find(both, "all", "F", model).at("scored_bases") == "200");
        }
        CHECK(find(both, "all", "softmasked", "order2").at("scored_bases") == "600");
        CHECK(find(both, "all", "unique", "order2").at("scored_bases") ==
              "10300");  // chr2: neither
        CHECK(find(both, "test", "unique", "order2").at("bits_per_base") == "NA");
        CHECK(find(both, "train", "all", "dna-hnet").at("scored_bases") == "5000");
        CHECK(find(both, "valid", "all", "dna-hnet").at("scored_bases") == "2430");
        CHECK(find(both, "none", "all", "dna-hnet").at("scored_bases") == "3470");
        // One block per contig: an interval for all, none for a contig alone.
        CHECK(both[0].at("ci_low") != "NA");
        CHECK(find(both, "test", "all", "dna-hnet").at("ci_low") == "NA");
    }
}

TEST_CASE("rows per base add up to the table, and rows per interval too") {
    Scorer scorer(Mode::windows);
    const auto table = parse(scorer.text({}));
    ScoreTableRequest request;
    request.by_bases = 1;
    const auto bases = parse(scorer.text(request));
    REQUIRE(bases.size() == 3 * 13472);
    std::map<std::string, double> sums;
    for (const Row& row : bases) {
        if (row.at("scored_bases") == "1") sums[row.at("model")] += number(row, "bits_per_base");
    }
    for (const char* model : {"dna-hnet", "order2", "mix+copy"}) {
        CHECK(sums[model] / 13400 ==
              Approx(number(find(table, "all", "all", model), "bits_per_base")).margin(2e-6));
    }
    CHECK(bases[3 * 7000].at("start") == "7000");
    CHECK(bases[3 * 7000].at("bits_per_base") == "NA");

    request.by_bases = 1000;
    request.regions = {{0, 2500, 3500}};
    const auto steps = parse(scorer.text(request));
    REQUIRE(steps.size() == 6);
    CHECK(steps[0].at("start") == "2500");
    CHECK(steps[0].at("end") == "3000");
    CHECK(steps[3].at("end") == "3500");

    request = {};
    request.by_intervals = {{"chr2", 10, 20, "b", "", '.', {}, 1},
                            {"chr1", 100, 7100, "a", "", '.', {}, 2},
                            {"chr1", 150, 160, "", "", '.', {}, 3}};
    request.by_place = "by.bed";
    const auto intervals = parse(scorer.text(request));
    REQUIRE(intervals.size() == 9);
    CHECK(intervals[0].at("name") == "b");
    CHECK(intervals[3].at("name") == "a");
    CHECK(intervals[3].at("scored_bases") == "6930");
    CHECK(intervals[6].at("name") == ".");
    double expected = 0;
    for (std::size_t i = 150; i < 160; ++i) expected += number(bases[3 * i], "bits_per_base");
    CHECK(number(intervals[6], "bits_per_base") == Approx(expected / 10).margin(2e-6));
}

TEST_CASE("the sums of two jobs are the sums of one") {
    for (const Mode mode : {Mode::windows, Mode::carry}) {
        INFO("mode " << static_cast<int>(mode));
        Scorer scorer(mode);
        const auto sums_of = [&](const std::vector<Interval>& regions) {
            ScoreTableRequest request;
            request.regions = regions;
            std::string blocks;
            scorer.text(request, &blocks);
            std::map<std::string, std::int64_t> sums;
            for (const Row& row : parse(blocks)) {
                const std::string key = row.at("split") + row.at("class") + row.at("contig") +
                                        row.at("block") + row.at("model");
                sums[key + " bits"] += std::stoll(row.at("bits_units"));
                sums[key + " scored"] += std::stoll(row.at("scored_bases"));
                sums[key + " skipped"] += std::stoll(row.at("skipped_bases"));
            }
            return sums;
        };
        const auto whole = sums_of({{0, 0, 10972}, {1, 0, 2500}});
        auto joined = sums_of({{0, 0, 3333}, {1, 7, 2500}});
        for (const auto& [key, sum] : sums_of({{0, 3333, 10972}, {1, 0, 7}})) joined[key] += sum;
        std::erase_if(joined, [](const auto& item) { return item.second == 0; });
        auto expected = whole;
        std::erase_if(expected, [](const auto& item) { return item.second == 0; });
        CHECK(joined == expected);
    }
}

TEST_CASE("stripes cover the regions once, and keep a segment whole in carry mode") {
    evaluate::ReadingOptions reading;
    reading.threads = 1;
    const std::vector<Interval> segments = {{0, 10, 5000000}, {0, 5000100, 9000000}, {1, 0, 300}};
    const std::vector<Interval> regions = {{0, 0, 4000}, {0, 6000, 9500000}, {1, 50, 300}};
    for (const Mode mode : {Mode::windows, Mode::carry}) {
        reading.mode = mode;
        const auto stripes = tasks::make_stripes(regions, segments, reading);
        std::vector<Interval> all;
        for (const auto& stripe : stripes) {
            REQUIRE(genome::total_length(stripe) > 0);
            all.insert(all.end(), stripe.begin(), stripe.end());
        }
        CHECK(genome::total_length(all) == genome::total_length(regions));
        const bool same = genome::merged(all) == regions;
        CHECK(same);
        if (mode == Mode::windows) {
            CHECK(stripes.size() > 8);
            continue;
        }
        for (const Interval& segment : segments) {
            int holders = 0;
            for (const auto& stripe : stripes) {
                if (!genome::intersection({segment}, genome::merged(stripe)).empty()) ++holders;
            }
            CHECK(holders == 1);
        }
        CHECK(stripes.size() == 4);  // the gap before the first segment, and one each
    }
}

TEST_CASE("the baseline table needs no model; its best order comes from the validation split") {
    set_log_verbosity(-1);
    auto reference = scored_genome();
    tasks::BaselineRequest request;
    request.splits = {{{0, 0, 5000}}, {{0, 5000, 7500}}, {{1, 0, 2500}}};
    request.reading.context = 800;
    request.table.provenance.enabled = false;
    std::string out;
    request.table.output = [&](std::string_view part) { out += part; };
    tasks::baseline(reference, request);
    const auto rows = parse(out);
    CHECK(rows[0].at("scored_bases") == "4930");
    CHECK(rows[0].at("delta_vs_model") == "NA");
    CHECK(find(rows, "valid", "all", "mix").at("scored_bases") == "2430");
    CHECK(find(rows, "test", "all", "copy").at("scored_bases") == "2500");
    // Random bases: order 0 predicts best, order 2 is always shown.
    find(rows, "all", "all", "order0");
    find(rows, "all", "all", "order2");
    std::size_t models = 0;
    for (const Row& row : rows) models += row.at("split") == "all" && row.at("class") == "all";
    CHECK(models == 5);

    request.splits.train.clear();
    const auto error = test::error_of([&] { tasks::baseline(reference, request); });
    CHECK(error.kind() == ErrorKind::bad_input);
}

TEST_CASE("what score refuses") {
    Scorer scorer(Mode::windows);
    ScoreTableRequest request;
    request.by_bases = 0;
    CHECK(test::error_of([&] { scorer.text(request); }).kind() == ErrorKind::usage);
    request.by_bases = 10;
    request.classes = {{"F", {}, {}, true}};
    CHECK(test::error_of([&] { scorer.text(request); }).kind() == ErrorKind::usage);
    request = {};
    request.regions = {{0, 7010, 7050}};
    const auto error = test::error_of([&] { scorer.text(request); });
    CHECK(error.kind() == ErrorKind::bad_input);
    CHECK(test::contains(error.what(), "no base to read"));
}

}  // namespace
}  // namespace dna_hnet::laws
