#include "golden_file.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <set>

#include "support/test.hpp"

namespace dna_hnet::golden {
namespace {

at::ScalarType scalar_type(formats::Dtype dtype) {
    switch (dtype) {
        case formats::Dtype::f32:
            return at::kFloat;
        case formats::Dtype::i64:
            return at::kLong;
        case formats::Dtype::i32:
            return at::kInt;
        case formats::Dtype::boolean:
            return at::kBool;
        default:
            throw input_error("golden file: dtype " + std::string(formats::dtype_name(dtype)) +
                              " is not expected");
    }
}

}  // namespace

at::Tensor GoldenFile::tensor(const std::string& name) const {
    const auto& info = file_.at(name);
    auto result = at::empty(info.shape, scalar_type(info.dtype));
    std::memcpy(result.data_ptr(), info.data, static_cast<std::size_t>(info.bytes));
    return result;
}

std::vector<std::string> GoldenFile::names(const std::string& prefix) const {
    std::vector<std::string> result;
    for (const auto& [name, info] : file_.tensors()) {
        if (name.compare(0, prefix.size(), prefix) == 0) result.push_back(name);
    }
    return result;
}

nlohmann::json GoldenFile::setting(const std::string& key) const {
    return nlohmann::json::parse(file_.metadata().at(key));
}

config::ModelConfig GoldenFile::model_config() const {
    return config::parse_model_config(setting("config"), "golden config");
}

model::LanguageModel GoldenFile::model() const {
    auto model = std::make_shared<model::LanguageModelImpl>(model_config());
    std::set<std::string> expected;
    for (const auto& name : names("weight/")) expected.insert(name.substr(std::strlen("weight/")));
    const at::NoGradGuard guard;
    for (const auto& item : model->named_parameters()) {
        INFO("parameter " << item.key());
        REQUIRE(expected.erase(item.key()) == 1);
        const auto value = tensor("weight/" + item.key());
        REQUIRE(value.sizes() == item.value().sizes());
        item.value().copy_(value);
    }
    if (model->config.tie_embeddings) expected.erase("lm_head.weight");
    REQUIRE(expected.empty());
    return model;
}

std::vector<std::filesystem::path> golden_files() {
    const char* folder = std::getenv("DNA_HNET_GOLDEN_DIR");
    const char* source = std::getenv("DNA_HNET_SOURCE_DIR");
    const std::filesystem::path place =
        folder ? std::filesystem::path(folder)
               : std::filesystem::path(source ? source : ".") / "tests/golden/data";
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(place)) {
        if (entry.path().extension() == ".safetensors") files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    INFO("golden files in " << place);
    REQUIRE(!files.empty());
    return files;
}

double largest_difference(const at::Tensor& got, const at::Tensor& expected) {
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    if (got.sizes() != expected.sizes()) return kInfinity;
    if (got.numel() == 0) return 0;
    const double difference =
        (got.to(at::kDouble) - expected.to(at::kDouble)).abs().max().item<double>();
    return std::isfinite(difference) ? difference : kInfinity;
}

}  // namespace dna_hnet::golden
