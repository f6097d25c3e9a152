#include "http/thread_tree.h"

#include <cstdint>
#include <map>

#include "core/limits.h"

namespace chaffinch::http {

ThreadTree tree_of(const std::vector<Comment>& items) {
  struct Node {
    std::size_t parent = SIZE_MAX;
    std::size_t depth = 0;
  };
  std::map<Id, std::size_t> places;
  std::vector<Node> nodes(items.size());
  ThreadTree tree;
  tree.replies.resize(items.size());
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (items[i].parent) {
      if (const auto found = places.find(*items[i].parent); found != places.end()) {
        std::size_t parent = found->second;
        while (nodes[parent].depth + 1 >= limits::kThreadDepth) parent = nodes[parent].parent;
        nodes[i] = {parent, nodes[parent].depth + 1};
      }
    }
    places.emplace(items[i].id, i);
    (nodes[i].parent == SIZE_MAX ? tree.tops : tree.replies[nodes[i].parent]).push_back(i);
  }
  return tree;
}

}  // namespace chaffinch::http
