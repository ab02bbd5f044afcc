#pragma once
// Copies of the model that work beside each other: they read the same parameters and have gradient
// buffers of their own. Each runs on a thread of its own. Replica 0 is the model itself, on the
// calling thread.
#include <ATen/core/Tensor.h>

#include <condition_variable>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "train/optimizer.hpp"

namespace dna_hnet::train {

// Threads that stay: LibTorch keeps state per thread, and starting one for every step would pay for
// it again.
class WorkerPool {
  public:
    // `workers` includes the caller. Every worker's operations use `threads_each` threads; this
    // sets LibTorch's global number.
    WorkerPool(int workers, int threads_each);
    ~WorkerPool();
    WorkerPool(const WorkerPool&) = delete;
    WorkerPool& operator=(const WorkerPool&) = delete;
    int workers() const { return static_cast<int>(threads_.size()) + 1; }
    // task(i) on worker i for i < count <= workers(); returns when all have ended. Throws the
    // failure of the lowest i.
    void run(int count, const std::function<void(int)>& task);

  private:
    void work(int worker);
    void execute(int worker);

    std::mutex mutex_;
    std::condition_variable changed_;
    const std::function<void(int)>* task_ = nullptr;
    std::vector<std::exception_ptr> failures_;
    int count_ = 0, running_ = 0;
    std::int64_t round_ = 0;
    bool ending_ = false;
    std::vector<std::thread> threads_;
};

class Replicas {
  public:
    // `optimizer` must outlive this and own the parameters of `model`.
    Replicas(model::LanguageModel model, Optimizer& optimizer, int replicas, int threads_each);
    int size() const { return pool_.workers(); }
    model::LanguageModelImpl& model(int replica) {
        return *models_.at(static_cast<std::size_t>(replica));
    }
    void run(int count, const std::function<void(int)>& task) { pool_.run(count, task); }
    // Adds the gradients of replicas 1 ... count-1 to the optimizer's, in this order, and empties
    // them. Replica 0 writes there itself, so a sum over micro-batches is in their order, whatever
    // the number of replicas.
    void gather_gradients(int count);

  private:
    WorkerPool pool_;
    Optimizer& optimizer_;
    std::vector<model::LanguageModel> models_;
    std::vector<std::vector<at::Tensor>> gradients_;  // of replicas 1 ...
};

}  // namespace dna_hnet::train
