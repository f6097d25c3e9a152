#include "cli/pipeline.h"

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace chaffinch::cli {
namespace {

// Small enough that a few threads share a short input, large enough that the lock does not show.
constexpr std::size_t kChunkLines = 64;
constexpr std::size_t kChunkBytes = 256 * 1024;
constexpr std::size_t kChunksPerJob = 4;

struct Chunk {
  struct Place {
    std::size_t at = 0, length = 0;
    std::uint64_t number = 0;
    bool too_long = false;
  };
  std::string text;
  std::vector<Place> lines;
  std::string out;
  bool done = false;  // guarded by Belt::lock
};

struct Belt {
  std::mutex lock;
  std::condition_variable room, work, done;
  std::deque<std::shared_ptr<Chunk>> all;   // in order, until written
  std::deque<std::shared_ptr<Chunk>> open;  // not yet taken by a worker
  bool last = false;                        // nothing more will be read
  bool broken = false;                      // nobody reads what is written
};

bool blank(std::string_view line) {
  return line.find_first_not_of(" \t\r") == std::string_view::npos;
}

// Lines until the chunk is full or no whole line is left in the buffer.
LineReader::Got read_chunk(LineReader& reader, Chunk& chunk) {
  while (true) {
    std::string_view line;
    const LineReader::Got got = reader.next(line);
    if (got != LineReader::Got::line && got != LineReader::Got::too_long) return got;
    const bool too_long = got == LineReader::Got::too_long;
    if (too_long || !blank(line)) {
      chunk.lines.push_back({chunk.text.size(), too_long ? 0 : line.size(), reader.number(), too_long});
      if (!too_long) chunk.text += line;
    }
    const bool full = chunk.lines.size() >= kChunkLines || chunk.text.size() >= kChunkBytes;
    if (full || (!chunk.lines.empty() && !reader.ready())) return LineReader::Got::line;
  }
}

}  // namespace

LineReader::Got run_in_order(LineReader& reader, unsigned jobs,
                             const std::function<void(const Line&, std::string& out)>& work,
                             const std::function<bool(std::string_view)>& write) {
  Belt belt;
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < jobs; ++i) {
    threads.emplace_back([&belt, &work] {
      while (true) {
        std::shared_ptr<Chunk> chunk;
        {
          std::unique_lock guard(belt.lock);
          belt.work.wait(guard, [&] { return belt.last || belt.broken || !belt.open.empty(); });
          if (belt.broken || belt.open.empty()) return;
          chunk = std::move(belt.open.front());
          belt.open.pop_front();
        }
        for (const Chunk::Place& place : chunk->lines) {
          work({std::string_view(chunk->text).substr(place.at, place.length), place.number, place.too_long},
               chunk->out);
        }
        const std::lock_guard guard(belt.lock);
        chunk->done = true;
        belt.done.notify_one();
      }
    });
  }
  std::thread writer([&belt, &write] {
    while (true) {
      std::shared_ptr<Chunk> chunk;
      {
        std::unique_lock guard(belt.lock);
        belt.done.wait(guard, [&] { return belt.all.empty() ? belt.last : belt.all.front()->done; });
        if (belt.all.empty()) return;
        chunk = belt.all.front();
      }
      const bool wrote = write(chunk->out);
      const std::lock_guard guard(belt.lock);
      belt.all.pop_front();
      belt.room.notify_one();
      if (!wrote) {
        belt.broken = true;
        belt.work.notify_all();
        return;
      }
    }
  });

  LineReader::Got end = LineReader::Got::line;
  while (end == LineReader::Got::line) {
    auto chunk = std::make_shared<Chunk>();
    end = read_chunk(reader, *chunk);
    std::unique_lock guard(belt.lock);
    belt.room.wait(guard, [&] { return belt.broken || belt.all.size() < jobs * kChunksPerJob; });
    if (belt.broken) {
      end = LineReader::Got::stopped;
    } else if (!chunk->lines.empty()) {
      belt.all.push_back(chunk);
      belt.open.push_back(std::move(chunk));
      belt.work.notify_one();
    }
  }
  {
    const std::lock_guard guard(belt.lock);
    belt.last = true;
    belt.work.notify_all();
    belt.done.notify_all();
  }
  for (std::thread& one : threads) one.join();
  writer.join();
  return end;
}

}  // namespace chaffinch::cli
