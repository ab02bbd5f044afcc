#include "train/step_engine.hpp"

#include <ATen/ATen.h>

#include <cmath>

#include "core/random.hpp"
#include "support/memory_reference.hpp"
#include "support/test.hpp"
#include "support/tiny_model.hpp"
#include "train/validation.hpp"

using namespace dna_hnet;
using namespace dna_hnet::train;

namespace {

std::string letters(std::size_t length) {
    Random random(4, 2);
    std::string text;
    for (std::size_t i = 0; i < length; ++i) text += "ACGTacgtN"[random.below(9)];
    return text;
}

config::TrainConfig small_config() {
    config::TrainConfig config;
    config.context = 64;
    config.batch_bases = 192;
    config.accumulate = 5;
    config.softmask_weight = 0.5;
    return config;
}

struct Result {
    StepStatistics statistics;
    std::vector<at::Tensor> gradients;
    double norm = 0;
};

Result run(genome::Reference& reference, int replicas) {
    const auto config = small_config();
    auto model = std::make_shared<model::LanguageModelImpl>(test::tiny_model());
    model::initialize(*model, 1);
    Optimizer optimizer(*model, config);
    Replicas workers(model, optimizer, replicas, 1);
    batch::StepReader reader(reference, {{0, 0, 2000}}, config, genome::Vocabulary::dna,
                             std::nullopt);
    Result result;
    for (int repeat = 0; repeat < 2; ++repeat) {  // the second run finds used buffers
        optimizer.zero_grad();
        result.statistics = accumulate_gradients(workers, reader.read(3), config);
    }
    result.norm = optimizer.gradient_norm();
    for (const auto& item : model->named_parameters())
        result.gradients.push_back(item.value().grad().clone());
    return result;
}

}  // namespace

TEST_CASE("gradients do not depend on the number of replicas, bit for bit") {
    test::MemoryReference reference({{"a", letters(2000)}, {"b", "A"}});
    const Result one = run(reference, 1);
    CHECK(one.norm > 0);
    CHECK(one.statistics.scored_bases > 700);
    CHECK(one.statistics.bits_per_base() > 1);
    CHECK(one.statistics.stages.at(0).tokens == 5 * 192);
    CHECK(one.statistics.stages.at(0).chunks >= 15);
    for (const int replicas : {2, 3, 5}) {
        const Result many = run(reference, replicas);
        CHECK(many.statistics.loss == one.statistics.loss);
        CHECK(many.statistics.bits == one.statistics.bits);
        for (std::size_t i = 0; i < one.gradients.size(); ++i)
            CHECK(at::equal(many.gradients[i], one.gradients[i]));
    }
}

TEST_CASE("the loss is the weighted mean of the step plus the mean ratio loss") {
    test::MemoryReference reference({{"a", letters(2000)}, {"b", "A"}});
    auto config = small_config();
    auto model = std::make_shared<model::LanguageModelImpl>(test::tiny_model());
    model::initialize(*model, 1);
    Optimizer optimizer(*model, config);
    Replicas workers(model, optimizer, 1, 1);
    batch::StepReader reader(reference, {{0, 0, 2000}}, config, genome::Vocabulary::dna,
                             std::nullopt);
    const auto step = reader.read(0);
    const auto statistics = accumulate_gradients(workers, step, config);
    double nats = 0;
    for (const auto& micro : step.micro_batches) {
        const at::NoGradGuard guard;
        std::vector<std::int64_t> tokens(micro.inputs.begin(), micro.inputs.end());
        const auto output = model->forward(ops::index_tensor(tokens, at::kCPU),
                                           ops::make_packing(micro.lengths, at::kCPU), {});
        const auto log_p = at::log_softmax(output.logits_TV.to(at::kDouble), 1);
        for (std::size_t t = 0; t < tokens.size(); ++t) {
            nats -= micro.weights[t] *
                    log_p[static_cast<std::int64_t>(t)][micro.targets[t]].item<double>();
        }
    }
    CHECK(statistics.loss ==
          Approx(nats / step.total_weight + 0.03 * statistics.ratio_loss).epsilon(1e-5));
    CHECK(statistics.ratio_loss > 0.5);
}

TEST_CASE("a failure in a worker reaches the caller, and the workers go on") {
    WorkerPool pool(3, 1);
    for (int round = 0; round < 3; ++round) {
        CHECK_THROWS_AS(pool.run(3,
                                 [](int i) {
                                     if (i > 0) throw std::out_of_range("x");
                                 }),
                        std::out_of_range);
        std::vector<int> done(3);
        pool.run(2, [&](int i) { done[static_cast<std::size_t>(i)] = 1; });
        CHECK(done == std::vector<int>{1, 1, 0});
    }
}

TEST_CASE("validation scores the split once, or an even part of it") {
    test::MemoryReference reference({{"a", letters(2000)}, {"b", "A"}});
    auto config = small_config();
    config.eval_bases = 0;
    const ValidationSet whole(reference, {{0, 1003, 1990}}, config, genome::Vocabulary::dna);
    CHECK(whole.bases() == 987);
    config.eval_bases = 200;
    const ValidationSet part(reference, {{0, 1003, 1990}}, config, genome::Vocabulary::dna);
    CHECK(part.bases() > 100);
    CHECK(part.bases() < 300);
    auto model = std::make_shared<model::LanguageModelImpl>(test::tiny_model());
    model::initialize(*model, 1);
    Optimizer optimizer(*model, config);
    Replicas one(model, optimizer, 1, 1), two(model, optimizer, 2, 1);
    const auto statistics = whole.evaluate(one);
    const auto bases = reference.fetch({0, 1003, 1990});
    CHECK(statistics.scored_bases == std::count_if(bases.begin(), bases.end(), genome::is_acgt));
    CHECK(whole.evaluate(two).bits == statistics.bits);
    CHECK(optimizer.gradient_norm() == 0);
}
