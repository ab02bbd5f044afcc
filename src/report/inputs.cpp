#include "report/inputs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "core/json_reader.hpp"
#include "hts/bgzf_text.hpp"

namespace dna_hnet::report {
namespace {

void read_comment(std::string_view comment, Source& source) {
    const auto take = [&](std::string_view key, std::string& value) {
        if (comment.starts_with(key)) value = comment.substr(key.size());
    };
    take("dna-hnet version=", source.version);
    take("command=", source.command);
    take("model=sha256:", source.model);
    take("reference=sha256:", source.reference);
}

}  // namespace

formats::TsvTable Inputs::table(const std::string& kind, const std::string& path, char separator) {
    formats::TsvTable table(path, separator);
    hts::for_each_line(path, [&](std::string_view line) { table.add_line(line); });
    Source source{kind, path, "", "", "", ""};
    for (const std::string& comment : table.comments()) read_comment(comment, source);
    add(std::move(source));
    return table;
}

void Inputs::note_text(const std::string& kind, const std::string& path) {
    Source source{kind, path, "", "", "", ""};
    hts::TextReader reader(path);
    for (std::string_view line; reader.next(line) && line.starts_with('#');) {
        read_comment(line.substr(1), source);
    }
    add(std::move(source));
}

void Inputs::note_binary(const std::string& kind, const std::string& path) {
    Source source{kind, path, "", "", "", ""};
    const std::string beside = path + ".json";
    if (std::filesystem::exists(beside)) {
        JsonReader json(read_json_file(beside), beside);
        source.version = json.get_or<std::string>("dna_hnet_version", "");
        source.command = json.get_or<std::string>("command", "");
        source.model = json.get_or<std::string>("model_sha256", "");
        source.reference = json.get_or<std::string>("reference_sha256", "");
    }
    add(std::move(source));
}

std::vector<std::string> Inputs::disagreements() const {
    std::vector<std::string> models, references;
    for (const Source& source : sources_) {
        const auto is_model = [&](const std::string& model) { return model == source.model; };
        const auto is_reference = [&](const std::string& reference) {
            return genome::same_reference(reference, source.reference);
        };
        if (!source.model.empty() && std::none_of(models.begin(), models.end(), is_model)) {
            models.push_back(source.model);
        }
        if (!source.reference.empty() &&
            std::none_of(references.begin(), references.end(), is_reference)) {
            references.push_back(source.reference);
        }
    }
    std::vector<std::string> sentences;
    const auto say = [&](std::size_t count, const char* what) {
        if (count < 2) return;
        sentences.push_back(fmt::format(
            "The inputs come from {} different {}: the list at the end says which.", count, what));
    };
    say(models.size(), "models");
    say(references.size(), "references");
    const auto of_run = [&](const std::string& model) {
        return std::find(run_models_.begin(), run_models_.end(), model) != run_models_.end();
    };
    if (!run_models_.empty() && !std::all_of(models.begin(), models.end(), of_run)) {
        sentences.push_back(
            "No checkpoint in the folder of the run is the model that the other inputs were made "
            "with.");
    }
    return sentences;
}

}  // namespace dna_hnet::report
