#pragma once
// AdamW over flat buffers. Parameters, gradients and both moments of a group lie in one float32
// buffer each, on the model's device; the model's tensors are views of them. A group shares a
// learning-rate multiplier and whether it decays.
//
//   Optimizer optimizer(*model, config);         // the model's parameters and gradients are views
//   from here on optimizer.zero_grad(); loss.backward(); const double norm =
//   optimizer.gradient_norm(); optimizer.step(learning_rate_factor(step, config), norm);   // clips
//   at config.gradient_clip, then AdamW
#include <ATen/core/Tensor.h>

#include <filesystem>
#include <string>
#include <vector>

#include "config/train_config.hpp"
#include "model/language_model.hpp"
#include "model/named_tensors.hpp"

namespace dna_hnet::train {

// Stage that a parameter belongs to, by its name: the embedding and the head to stage 0,
// pad_dimension to its own stage.
std::int64_t stage_of_parameter(const std::string& name, std::int64_t num_stages);
// Linear weights decay, but those of routing and residual projections; nothing else does.
bool is_decayed(const std::string& name, const at::Tensor& parameter);

class Optimizer {
  public:
    // usage error when config.lr_multipliers has not one entry per stage. Keeps no reference to the
    // model.
    Optimizer(model::LanguageModelImpl& model, const config::TrainConfig& config);

    void zero_grad();
    double gradient_norm() const;  // of all gradients together, before clipping
    // `lr_factor` scales the learning rates; `gradient_norm` is that of the gradients as they are.
    void step(double lr_factor, double gradient_norm);
    std::int64_t steps() const { return steps_; }

    // A second model of the same configuration reads the same parameters and gets gradient buffers
    // of its own: those.
    std::vector<at::Tensor> attach(model::LanguageModelImpl& replica) const;
    void add_gradients(const std::vector<at::Tensor>& gradients);

    // Moments by parameter name ("first/NAME", "second/NAME") and the number of steps.
    void save(const std::filesystem::path& file) const;
    void load(
        const std::filesystem::path& file);  // bad_input when it does not belong to this model

  private:
    struct Slot {
        std::string name;
        std::vector<std::int64_t> shape;
        std::int64_t offset = 0, size = 0;
    };
    struct Group {
        double lr_multiplier = 1;
        bool decayed = false;
        std::int64_t size = 0;
        std::vector<Slot> slots;
        at::Tensor parameters, gradients, first, second;
    };
    static at::Tensor view(const at::Tensor& buffer, const Slot& slot);
    model::NamedTensors moments() const;

    config::TrainConfig config_;
    std::vector<Group> groups_;
    std::int64_t steps_ = 0;
};

}  // namespace dna_hnet::train
