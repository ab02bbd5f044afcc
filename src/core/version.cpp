#include "core/version.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace dna_hnet {

const char* version() { return DNA_HNET_VERSION; }

std::string Provenance::comment_lines(const std::string& prefix) const {
    if (!enabled) return {};
    std::string text = fmt::format("{}dna-hnet version={}\n{}command={}\n", prefix, version(), prefix, command);
    if (!model_fingerprint.empty()) text += fmt::format("{}model=sha256:{}\n", prefix, model_fingerprint);
    if (!reference_fingerprint.empty()) {
        text += fmt::format("{}reference=sha256:{}\n", prefix, reference_fingerprint);
    }
    return text;
}

std::string Provenance::json() const {
    const nlohmann::ordered_json object = {{"dna_hnet_version", version()},
                                           {"command", command},
                                           {"model_sha256", model_fingerprint},
                                           {"reference_sha256", reference_fingerprint}};
    return object.dump(2) + "\n";
}

}  // namespace dna_hnet
