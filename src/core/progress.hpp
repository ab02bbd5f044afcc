#pragma once
// Progress on stderr: a bar that is redrawn when stderr is a terminal, else a plain line every 30
// seconds. Silent under -q.
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace dna_hnet {

class Progress {
  public:
    // `unit` is what is counted ("bp"); total 0 = unknown.
    Progress(std::string label, std::int64_t total, std::string unit);
    ~Progress();
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    void update(std::int64_t done, std::string_view note = {});
    void finish();  // ends the bar; the destructor does it too

  private:
    void draw(std::int64_t done, std::string_view note, double seconds);

    std::string label_, unit_;
    std::int64_t total_;
    std::chrono::steady_clock::time_point start_, last_;
    bool terminal_, drawn_ = false;
};

}  // namespace dna_hnet
