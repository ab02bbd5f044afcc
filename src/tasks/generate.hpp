#pragma once
// `dna-hnet generate`: samples DNA from a model, base by base, with carried state. Torch-free.
//
// The next base is drawn from the model's distribution over A, C, G and T alone: the logits of all
// other tokens are left out and the rest is renormalised, divided by the temperature, and cut to
// the smallest set of bases whose probability reaches top-p. Sample i depends on model, prompt,
// options, seed and i alone, not on how many are drawn.
#include <cstdint>
#include <string>
#include <vector>

namespace dna_hnet::tasks {

struct GenerateRequest {
    std::string model;           // checkpoint or run
    std::string prompt;          // A C G T, either case; may be empty
    std::int64_t length = 1000;  // bases drawn, prompt not counted
    double temperature = 1;      // 0: always the likeliest base
    double top_p = 1;            // (0, 1]
    std::int64_t count = 1;
    std::uint64_t seed = 1;
    int threads = 1;
    std::string device = "cpu";
};

// Prompt and drawn bases of every sample, upper case. usage error on an option out of its range;
// Stopped after a signal. `model_fingerprint` gets that of the model.
std::vector<std::string> generate(const GenerateRequest& request, std::string& model_fingerprint);

// Index 0..3 of the base that `uniform` in [0, 1) draws from `logits` (natural log, any constant).
int draw_base(const double (&logits)[4], double temperature, double top_p, double uniform);

}  // namespace dna_hnet::tasks
