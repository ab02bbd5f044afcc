// dna-hnet generate
#include "tasks/generate.hpp"

#include <fmt/format.h>

#include "command.hpp"
#include "core/version.hpp"
#include "shared_options.hpp"

namespace dna_hnet::apps {
namespace {

constexpr std::size_t kLineBases = 60;

std::string fasta_text(const std::vector<std::string>& samples,
                       const tasks::GenerateRequest& request, const std::string& fingerprint,
                       bool with_provenance) {
    std::string text;
    for (std::size_t i = 0; i < samples.size(); ++i) {
        text += fmt::format(">sample_{}", i + 1);
        if (with_provenance) {
            text += fmt::format(
                " dna-hnet={} model=sha256:{} seed={} temperature={} top_p={} prompt={}", version(),
                fingerprint, request.seed, request.temperature, request.top_p,
                request.prompt.size());
        }
        text += '\n';
        for (std::size_t begin = 0; begin < samples[i].size(); begin += kLineBases) {
            text += samples[i].substr(begin, kLineBases) + '\n';
        }
    }
    return text;
}

}  // namespace

void add_generate(Program& program) {
    auto request = std::make_shared<tasks::GenerateRequest>();
    auto output = std::make_shared<std::string>("-");
    CLI::App* const command = program.add_command(
        "generate",
        "samples DNA from a model; bases are drawn from A, C, G and T alone, renormalised",
        "dna-hnet generate --model run --prompt ACGTACGT --length 500 --count 4 -o samples.fa",
        [&program, request, output] {
            require_option(request->model, "--model");
            request->threads = program.threads();
            request->device = program.device();
            TextOutput file(*output);  // before the work
            std::string fingerprint;
            const auto samples = tasks::generate(*request, fingerprint);
            file.sink()(fasta_text(samples, *request, fingerprint, program.provenance().enabled));
            file.close();
        });
    command->add_option("--model", request->model, "checkpoint, or run: then its best checkpoint");
    command->add_option("--prompt", request->prompt, "bases that stand before the drawn ones");
    command->add_option("--length", request->length, "bases to draw")->capture_default_str();
    command->add_option("--temperature", request->temperature, "0: always the likeliest base")
        ->capture_default_str();
    command->add_option("--top-p", request->top_p, "draw from the likeliest bases of this sum")
        ->capture_default_str();
    command->add_option("--count", request->count, "number of samples")->capture_default_str();
    command->add_option("--seed", request->seed, "random numbers")->capture_default_str();
    command->add_option("-o,--output", *output, "FASTA; - is standard output")
        ->capture_default_str();
}

}  // namespace dna_hnet::apps
