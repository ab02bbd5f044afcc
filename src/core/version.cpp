#include "core/version.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace dna_hnet {

namespace {

// A line end inside an argument would end the comment.
std::string one_line(const std::string& text) {
    std::string line;
    for (const char c : text) {
        if (c == '\n') {
            line += "\\n";
        } else if (c == '\r') {
            line += "\\r";
        } else {
            line += c;
        }
    }
    return line;
}

}  // namespace

const char* version() {
    return DNA_HNET_VERSION;
}

std::string Provenance::comment_lines(const std::string& prefix) const {
    if (!enabled) return {};
    std::string text = fmt::format("{}dna-hnet version={}\n{}command={}\n", prefix, version(),
                                   prefix, one_line(command));
    if (!model_fingerprint.empty())
        text += fmt::format("{}model=sha256:{}\n", prefix, model_fingerprint);
    if (!reference_fingerprint.empty()) {
        text += fmt::format("{}reference=sha256:{}\n", prefix, reference_fingerprint);
    }
    if (!settings.empty()) text += fmt::format("{}settings={}\n", prefix, settings);
    return text;
}

std::string Provenance::json() const {
    if (!enabled) return "{}\n";
    nlohmann::ordered_json object = {{"dna_hnet_version", version()},
                                     {"command", command},
                                     {"model_sha256", model_fingerprint},
                                     {"reference_sha256", reference_fingerprint}};
    if (!settings.empty()) object["settings"] = settings;
    return object.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace dna_hnet
