#include "tasks/inspect.hpp"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include <cmath>

#include "config/costs.hpp"
#include "core/error.hpp"
#include "formats/text.hpp"
#include "model/checkpoint.hpp"

namespace dna_hnet::tasks {
namespace {

using formats::grouped;
using Json = nlohmann::ordered_json;

Json split_json(const std::vector<genome::Interval>& intervals) {
    return {{"intervals", intervals.size()}, {"bases", genome::total_length(intervals)}};
}

Json record_json(const model::TrainingRecord& record) {
    Json json;
    json["step"] = record.step;
    json["bases_seen"] = record.bases_seen;
    if (std::isfinite(record.valid_bits_per_base)) {
        json["valid_bits_per_base"] = record.valid_bits_per_base;
    } else {
        json["valid_bits_per_base"] = nullptr;  // never evaluated
    }
    json["reference_sha256"] = record.reference_fingerprint;
    json["contigs"] = record.contigs.size();
    json["splits"] = {{"train", split_json(record.splits.train)},
                      {"valid", split_json(record.splits.valid)},
                      {"test", split_json(record.splits.test)}};
    return json;
}

std::string record_text(const Json& report) {
    const Json& record = report["record"];
    std::string text =
        fmt::format("\nmodel sha256      {}\n", report["fingerprint"].get<std::string>());
    text += fmt::format("trained           {} steps, {} bases\n",
                        grouped(record["step"].get<std::int64_t>()),
                        grouped(record["bases_seen"].get<std::int64_t>()));
    const Json& bits = record["valid_bits_per_base"];
    text += fmt::format("validation        {}\n",
                        bits.is_null() ? "never evaluated"
                                       : fmt::format("{:.4f} bits per base", bits.get<double>()));
    text += fmt::format("reference         sha256 {}, {} contigs\n",
                        record["reference_sha256"].get<std::string>(),
                        record["contigs"].get<std::int64_t>());
    for (const auto& [name, split] : record["splits"].items()) {
        text += fmt::format("split {:<12}{} bases in {} intervals\n", name,
                            grouped(split["bases"].get<std::int64_t>()),
                            split["intervals"].get<std::int64_t>());
    }
    return text;
}

}  // namespace

Json inspect(const InspectRequest& request) {
    config::ConfigFile file;
    std::optional<model::Checkpoint> checkpoint;
    std::string name = request.preset;
    if (!request.model.empty()) {
        checkpoint = model::read_checkpoint(request.model);
        model::check_weights(*checkpoint);
        file = {checkpoint->model_config, checkpoint->train_config};
        name = checkpoint->folder.string();
    } else if (!request.model_config.empty()) {
        name = request.model_config;
        file = config::parse_config_file(read_json_file(name), name);
    } else {
        file = {config::preset_model(request.preset), config::preset_training(request.preset)};
    }
    const std::int64_t context = request.context.value_or(file.training.context);
    const auto& ratio = file.training.target_ratio;
    const std::int64_t parameters = config::parameter_count(file.model);
    Json report;
    report["name"] = name;
    report["context"] = context;
    report["target_ratio"] = config::resolve_target_ratio(file.model, ratio);
    report["parameters"] = parameters;
    report["flops_per_base"] = config::flops_per_base(file.model, context, ratio);
    report["weight_bytes"] = 4 * parameters;
    report["state_bytes"] = config::state_bytes(file.model, context, ratio);
    for (const config::ModuleCost& row : config::module_costs(file.model, context, ratio)) {
        report["modules"].push_back({{"module", row.module},
                                     {"parameters", row.parameters},
                                     {"flops_per_base", row.flops_per_base},
                                     {"counted", row.counted}});
    }
    report["model"] = config::to_json(file.model);
    report["training"] = config::to_json(file.training);
    if (checkpoint) {
        report["fingerprint"] = checkpoint->fingerprint;
        report["record"] = record_json(checkpoint->record);
    }
    return report;
}

std::string inspect_text(const Json& report) {
    const auto context = report["context"].get<std::int64_t>();
    std::string text =
        fmt::format("{}\ncontext {} bases, bases (chunks) per chunk: {}\n\n",
                    report["name"].get<std::string>(), context, report["target_ratio"].dump());
    text += fmt::format("{:<20}{:>16}{:>18}\n", "module", "parameters", "FLOPs per base");
    for (const Json& row : report["modules"]) {
        text += fmt::format("{:<20}{:>16}{:>18.4g}{}\n", row["module"].get<std::string>(),
                            grouped(row["parameters"].get<std::int64_t>()),
                            row["flops_per_base"].get<double>(),
                            row["counted"].get<bool>() ? "" : "  not in the sum");
    }
    text += fmt::format("{:<20}{:>16}{:>18.4g}  forward\n", "sum",
                        grouped(report["parameters"].get<std::int64_t>()),
                        report["flops_per_base"].get<double>());
    const auto state = static_cast<double>(report["state_bytes"].get<std::int64_t>());
    text += fmt::format("\nweights           {:.1f} MB (float32)\n",
                        static_cast<double>(report["weight_bytes"].get<std::int64_t>()) / 1e6);
    text +=
        fmt::format("carried state     {:.1f} kB a sequence, {:.1f} bytes per base of context\n",
                    state / 1e3, state / static_cast<double>(context));
    if (report.contains("record")) text += record_text(report);
    return text;
}

}  // namespace dna_hnet::tasks
