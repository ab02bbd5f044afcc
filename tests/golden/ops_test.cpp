// Single operations against the golden file ops.safetensors: outputs and every gradient.
#include "golden_file.hpp"
#include "ops/causal_conv1d.hpp"
#include "ops/chunking.hpp"
#include "ops/rms_norm.hpp"
#include "ops/ssd_scan.hpp"
#include "support/test.hpp"

namespace dna_hnet::golden {
namespace {

constexpr double kValue = 2e-5, kGradient = 1e-4;

const GoldenFile* ops_file() {
    static const auto file = [] {
        for (const auto& path : golden_files()) {
            if (path.filename() == "ops.safetensors") return std::make_unique<GoldenFile>(path);
        }
        return std::unique_ptr<GoldenFile>();
    }();
    return file.get();
}

at::Tensor leaf(const at::Tensor& value) {
    return value.clone().requires_grad_(true);
}

// Outputs of single operations reach 100 and more: within 2e-5 of the largest entry, or absolute
// below 1.
void check_value(const at::Tensor& got, const at::Tensor& expected) {
    CHECK(largest_difference(got, expected) <=
          kValue * std::max(1.0, expected.abs().max().item<double>()));
}

void check_gradient(const at::Tensor& got, const at::Tensor& expected) {
    CHECK(largest_difference(got, expected) <=
          kGradient * std::max(1e-8, expected.abs().max().item<double>()));
}

// Lengths of the sequences of every row of a (rows, length) table of sequence numbers; one sequence
// per row without a table.
std::vector<std::int64_t> lengths_of(const GoldenFile& file, const std::string& name,
                                     std::int64_t rows, std::int64_t length) {
    if (!file.has(name)) return std::vector<std::int64_t>(rows, length);
    std::vector<std::int64_t> lengths;
    const auto table = file.tensor(name).to(at::kLong);
    for (std::int64_t r = 0; r < rows; ++r) {
        for (std::int64_t t = 0; t < length; ++t) {
            if (t == 0 || table[r][t].item<std::int64_t>() != table[r][t - 1].item<std::int64_t>())
                lengths.push_back(0);
            ++lengths.back();
        }
    }
    return lengths;
}

void check_scan(const GoldenFile& file, const std::string& name) {
    INFO(name);
    const auto x = leaf(file.tensor(name + "/x")), dt = leaf(file.tensor(name + "/dt")),
               A = leaf(file.tensor(name + "/A"));
    const auto B = leaf(file.tensor(name + "/B")), C = leaf(file.tensor(name + "/C")),
               D = leaf(file.tensor(name + "/D"));
    const auto dt_bias = leaf(file.tensor(name + "/dt_bias"));
    const std::int64_t rows = x.size(0), length = x.size(1), heads = x.size(2), states = B.size(3);
    const auto packing =
        ops::make_packing(lengths_of(file, name + "/seq_idx", rows, length), at::kCPU);
    const auto xbc = at::cat({x.reshape({rows * length, -1}), B.reshape({rows * length, -1}),
                              C.reshape({rows * length, -1})},
                             1);
    const auto step = at::softplus(dt.reshape({rows * length, heads}) + dt_bias);
    const auto state = at::zeros({packing.sequences(), heads, x.size(3), states});
    const auto result = ops::ssd_scan(xbc, step, A, D, states, packing, state);
    check_value(result.y_TF.detach().view(x.sizes()), file.tensor(name + "/y"));
    // The golden state is that of each row's last sequence.
    std::vector<std::int64_t> last;
    for (std::int64_t i = 0; i < packing.sequences(); ++i) {
        if (packing.cu[i + 1] % length == 0) last.push_back(i);
    }
    check_value(result.state_NHPS.index_select(0, ops::index_tensor(last, at::kCPU)),
                file.tensor(name + "/final_state"));
    result.y_TF.backward(file.tensor(name + "/grad_y").reshape_as(result.y_TF));
    check_gradient(x.grad(), file.tensor(name + "/grad_x"));
    check_gradient(dt.grad(), file.tensor(name + "/grad_dt"));
    check_gradient(A.grad(), file.tensor(name + "/grad_A"));
    check_gradient(B.grad(), file.tensor(name + "/grad_B"));
    check_gradient(C.grad(), file.tensor(name + "/grad_C"));
    check_gradient(D.grad(), file.tensor(name + "/grad_D"));
    check_gradient(dt_bias.grad(), file.tensor(name + "/grad_dt_bias"));
}

void check_conv(const GoldenFile& file, const std::string& name, const std::string& sequences) {
    INFO(name);
    const auto x = leaf(file.tensor(name + "/x")), weight = leaf(file.tensor(name + "/weight")),
               bias = leaf(file.tensor(name + "/bias"));
    const std::int64_t rows = x.size(0), channels = x.size(1), length = x.size(2);
    const auto packing = ops::make_packing(lengths_of(file, sequences, rows, length), at::kCPU);
    const auto y =
        ops::causal_conv1d(x.transpose(1, 2).reshape({-1, channels}), weight, bias, packing).y_TF;
    const auto expected = [&](const std::string& key) {
        return file.tensor(name + key).transpose(1, 2).reshape({-1, channels});
    };
    check_value(y.detach(), expected("/y"));
    y.backward(expected("/grad_y"));
    check_gradient(x.grad(), file.tensor(name + "/grad_x"));
    check_gradient(weight.grad(), file.tensor(name + "/grad_weight"));
    check_gradient(bias.grad(), file.tensor(name + "/grad_bias"));
}

}  // namespace

TEST_CASE("golden state-space scan", "[golden]") {
    const auto* file = ops_file();
    if (!file) DNA_HNET_SKIP("no ops.safetensors in this folder");
    check_scan(*file, "ssd");
    check_scan(*file, "ssd_packed");
}

TEST_CASE("golden causal convolution", "[golden]") {
    const auto* file = ops_file();
    if (!file) DNA_HNET_SKIP("no ops.safetensors in this folder");
    check_conv(*file, "conv1d", "conv1d/seq_idx");
    // The packed convolution shares the sequence table of the packed scan.
    check_conv(*file, "conv1d_packed", "ssd_packed/seq_idx");
}

TEST_CASE("golden gated norm", "[golden]") {
    const auto* file = ops_file();
    if (!file) DNA_HNET_SKIP("no ops.safetensors in this folder");
    const auto x = leaf(file->tensor("gated_rmsnorm/x")), z = leaf(file->tensor("gated_rmsnorm/z")),
               w = leaf(file->tensor("gated_rmsnorm/weight"));
    const auto y = ops::gated_rms_norm(x.reshape({-1, x.size(2)}), z.reshape({-1, x.size(2)}), w);
    check_value(y.detach().view(x.sizes()), file->tensor("gated_rmsnorm/y"));
    y.backward(file->tensor("gated_rmsnorm/grad_y").reshape_as(y));
    check_gradient(x.grad(), file->tensor("gated_rmsnorm/grad_x"));
    check_gradient(z.grad(), file->tensor("gated_rmsnorm/grad_z"));
    check_gradient(w.grad(), file->tensor("gated_rmsnorm/grad_weight"));
}

TEST_CASE("golden smoothing and upsampling", "[golden]") {
    const auto* file = ops_file();
    if (!file) DNA_HNET_SKIP("no ops.safetensors in this folder");
    const auto hidden = leaf(file->tensor("dechunk/hidden")),
               prob = leaf(file->tensor("dechunk/boundary_prob"));
    const auto mask = file->tensor("dechunk/boundary_mask").reshape({-1});
    const std::int64_t rows = prob.size(0), length = prob.size(1), width = hidden.size(2);
    const auto packing = ops::make_packing(std::vector<std::int64_t>(rows, length), at::kCPU);
    const auto map = ops::make_chunk_map(mask, packing);
    std::vector<at::Tensor> parts;
    for (std::int64_t i = 0; i < rows; ++i)
        parts.push_back(hidden[i].narrow(0, 0, map.inner.length(i)));
    const auto prob_M = prob.reshape({-1}).index_select(0, map.selected_M);
    const auto smooth = ops::smooth_chunks(at::cat(parts), prob_M, map.inner, {});
    const auto y = ops::upsample_chunks(smooth.smoothed_MD, {}, map);
    check_value(y.detach().view({rows, length, width}), file->tensor("dechunk/y"));
    y.backward(file->tensor("dechunk/grad_y").reshape({-1, width}));
    check_gradient(hidden.grad(), file->tensor("dechunk/grad_hidden"));
    check_gradient(prob.grad(), file->tensor("dechunk/grad_boundary_prob"));
}

}  // namespace dna_hnet::golden
