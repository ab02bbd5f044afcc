#include "train/replicas.hpp"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

namespace dna_hnet::train {

WorkerPool::WorkerPool(int workers, int threads_each)
    : failures_(static_cast<std::size_t>(workers)) {
    at::set_num_threads(threads_each);
    for (int worker = 1; worker < workers; ++worker)
        threads_.emplace_back([this, worker] { work(worker); });
}

WorkerPool::~WorkerPool() {
    {
        const std::lock_guard lock(mutex_);
        ending_ = true;
    }
    changed_.notify_all();
    for (std::thread& thread : threads_) thread.join();
}

void WorkerPool::execute(int worker) {
    try {
        (*task_)(worker);
    } catch (...) {
        failures_[static_cast<std::size_t>(worker)] = std::current_exception();
    }
}

void WorkerPool::work(int worker) {
    at::init_num_threads();  // OpenMP's number of threads is a setting of each thread
    std::int64_t seen = 0;
    std::unique_lock lock(mutex_);
    while (true) {
        changed_.wait(lock, [&] { return ending_ || round_ != seen; });
        if (ending_) return;
        seen = round_;
        if (worker >= count_) continue;
        lock.unlock();
        execute(worker);
        lock.lock();
        if (--running_ == 0) changed_.notify_all();
    }
}

void WorkerPool::run(int count, const std::function<void(int)>& task) {
    TORCH_CHECK(count >= 1 && count <= workers(), "workers: ", count, " tasks for ", workers());
    {
        const std::lock_guard lock(mutex_);
        task_ = &task;
        count_ = count;
        running_ = count - 1;
        ++round_;
        failures_.assign(failures_.size(), nullptr);
    }
    changed_.notify_all();
    execute(0);
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return running_ == 0; });
    for (const auto& failure : failures_) {
        if (failure) std::rethrow_exception(failure);
    }
}

Replicas::Replicas(model::LanguageModel model, Optimizer& optimizer, int replicas, int threads_each)
    : pool_(replicas, threads_each), optimizer_(optimizer), models_{std::move(model)} {
    for (int i = 1; i < replicas; ++i) {
        models_.push_back(std::make_shared<model::LanguageModelImpl>(models_[0]->config));
        gradients_.push_back(optimizer.attach(*models_.back()));
    }
}

void Replicas::gather_gradients(int count) {
    for (int i = 1; i < count; ++i) {
        auto& gradients = gradients_.at(static_cast<std::size_t>(i - 1));
        optimizer_.add_gradients(gradients);
        for (at::Tensor& buffer : gradients) buffer.zero_();
    }
}

}  // namespace dna_hnet::train
