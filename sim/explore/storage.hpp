// Memory of a search: an array that grows without moving what it holds, and the exact set of visited states.
//
// Nothing here knows models or claims. Nothing is ever removed from the set, and no state is ever dropped for a hash that
// another state has too: equality is decided on the bytes.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <utility>
#include <vector>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace lastcall::explore {

// Asks the processor to bring a cache line; a hint, and nothing where the compiler offers no portable spelling.
inline void prefetch([[maybe_unused]] const void* address) {
#if defined(__GNUC__)
  __builtin_prefetch(address);
#endif
}

// An array of plain values, fixed in size and not initialised. A large one asks Linux for huge pages before it is first touched:
// random reads over gigabytes otherwise miss the address translation caches each time, which costs nearly half of the speed.
template <class T>
class large_array {
 public:
  large_array() = default;
  explicit large_array(std::size_t size) : size_(size) {
    const std::size_t bytes = size * sizeof(T);
    const std::align_val_t alignment{bytes < huge_page ? alignof(T) : huge_page};
    values_ = {static_cast<T*>(::operator new(bytes, alignment)), release{alignment}};
#if defined(__linux__)
    if (bytes >= huge_page) {
      madvise(values_.get(), bytes / huge_page * huge_page, MADV_HUGEPAGE);  // a hint: a refusal changes nothing
    }
#endif
  }

  std::size_t size() const { return size_; }
  T* data() const { return values_.get(); }
  T& operator[](std::size_t index) const { return values_.get()[index]; }

 private:
  static constexpr std::size_t huge_page = std::size_t{2} << 20;

  struct release {
    std::align_val_t alignment{alignof(T)};
    void operator()(T* values) const { ::operator delete(values, alignment); }
  };

  std::size_t size_ = 0;
  std::unique_ptr<T, release> values_;
};

// An array of plain values in chunks of fixed size: growth allocates one chunk and copies nothing.
template <class T>
class chunked_vector {
 public:
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  std::size_t bytes() const { return chunks_.size() * per_chunk * sizeof(T); }

  T& operator[](std::size_t index) { return chunks_[index / per_chunk][index % per_chunk]; }
  const T& operator[](std::size_t index) const { return chunks_[index / per_chunk][index % per_chunk]; }
  T& back() { return (*this)[size_ - 1]; }

  void push_back(const T& value) {
    if (size_ / per_chunk == chunks_.size()) {
      chunks_.push_back(std::make_unique_for_overwrite<T[]>(per_chunk));
    }
    (*this)[size_++] = value;
  }
  void pop_back() { --size_; }

 private:
  static constexpr std::size_t per_chunk = std::size_t{1} << 16;

  std::vector<std::unique_ptr<T[]>> chunks_;
  std::size_t size_ = 0;
};

// The set of encoded states, each known by the order of its insertion. A table entry is 64 bits, a part of the hash and the
// index, so that almost no state is read in vain; the bytes lie in insertion order in an arena of their own.
class visited_set {
 public:
  static constexpr std::uint32_t max_states = 0xffff'fffe;

  struct insertion {
    std::uint32_t index;
    bool is_new;
  };

  explicit visited_set(std::size_t state_size)
      : state_size_(state_size),
        chunk_bits_(static_cast<unsigned>(std::bit_width(chunk_bytes / std::max<std::size_t>(state_size, 1) | 1U) - 1)),
        table_(empty_table(initial_slots)) {}

  std::uint32_t size() const { return size_; }
  std::size_t bytes() const { return arena_bytes(0) + table_.size() * sizeof(std::uint64_t); }

  // What the set would occupy with room for so many more states.
  std::size_t bytes_with(std::size_t additional) const {
    return arena_bytes(additional) + slots_for(additional) * sizeof(std::uint64_t);
  }

  // Makes room in the table. Must precede the insertions; may not be called between a prefetch and its use.
  void reserve(std::size_t additional) {
    if (const std::size_t slots = slots_for(additional); slots != table_.size()) {
      rebuild(slots);
    }
  }

  const std::byte* operator[](std::uint32_t index) const {
    return arena_[index >> chunk_bits_].data() + (index & ((std::size_t{1} << chunk_bits_) - 1)) * state_size_;
  }

  // A 64-bit mix of the bytes, eight at a time; fixed seed, so that a run is the same everywhere with the same byte order. Each
  // word is spread before it is combined, or a change in its last byte could be undone by a byte of the next word. The last step
  // is the finaliser of SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, OOPSLA 2014).
  std::uint64_t hash(const std::byte* bytes) const {
    std::uint64_t mixed = seed ^ state_size_;
    for_each_word([&](std::size_t at, std::size_t count) {
      std::uint64_t word = load(bytes + at, count);
      word = (word ^ (word >> 32)) * 0x9e37'79b9'7f4a'7c15U;
      mixed = std::rotl(mixed ^ word ^ (word >> 29), 29) * 0xd6e8'feb8'6659'fd93U;
    });
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58'476d'1ce4'e5b9U;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d0'49bb'1331'11ebU;
    return mixed ^ (mixed >> 31);
  }

  // The two memory accesses of an insertion can be announced ahead of it: first the slot where the hash belongs, later the state
  // that is probably meant. The second returns the slot in which it was named, or else the empty one in which the search for it
  // ended; from there insert_at may go on, for entries are never moved or removed.
  void prefetch_slot(std::uint64_t hash) const { prefetch(&table_[home_of(hash)]); }
  std::size_t prefetch_state(std::uint64_t hash) const {
    std::size_t slot = home_of(hash);
    while (table_[slot] != 0 && tag_of(table_[slot]) != tag_of(hash)) {
      slot = next(slot);
    }
    if (table_[slot] != 0) {
      prefetch((*this)[index_of(table_[slot])]);
    }
    return slot;
  }

  // Finds the state, or adds it if `may_add`. An index of max_states says that it was neither found nor added.
  insertion insert(std::uint64_t hash, const std::byte* bytes, bool may_add = true) {
    return insert_at(home_of(hash), hash, bytes, may_add);
  }
  insertion insert_at(std::size_t slot, std::uint64_t hash, const std::byte* bytes, bool may_add = true) {
    for (; table_[slot] != 0; slot = next(slot)) {
      const std::uint64_t entry = table_[slot];
      if (tag_of(entry) == tag_of(hash) && equal((*this)[index_of(entry)], bytes)) {
        return {index_of(entry), false};
      }
    }
    if (!may_add) {
      return {max_states, false};
    }
    if ((size_ >> chunk_bits_) == arena_.size()) {
      arena_.emplace_back(state_size_ << chunk_bits_);
    }
    const std::uint32_t index = size_++;
    std::memcpy(const_cast<std::byte*>((*this)[index]), bytes, state_size_);
    table_[slot] = entry_of(hash, index);
    return {index, true};
  }

  // Frees the table and keeps the states; the set can then only be read. The analysis after the search has its memory.
  void release_table() { table_ = {}; }

 private:
  static constexpr std::uint64_t seed = 0x2545'f491'4f6c'dd1dU;
  static constexpr std::size_t chunk_bytes = std::size_t{4} << 20;
  static constexpr std::size_t initial_slots = std::size_t{1} << 11;

  // An entry holds the high half of the hash, the slot comes from the low half; 0 is the empty slot, hence index + 1.
  static std::uint64_t tag_of(std::uint64_t hash_or_entry) { return hash_or_entry >> 32; }
  static std::uint32_t index_of(std::uint64_t entry) { return static_cast<std::uint32_t>(entry) - 1; }
  static std::uint64_t entry_of(std::uint64_t hash, std::uint32_t index) {
    return (tag_of(hash) << 32) | (std::uint64_t{index} + 1);
  }

  std::size_t home_of(std::uint64_t hash) const { return hash & (table_.size() - 1); }
  std::size_t next(std::size_t slot) const { return (slot + 1) & (table_.size() - 1); }

  static std::uint64_t load(const std::byte* bytes, std::size_t count = sizeof(std::uint64_t)) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes, count);
    return word;
  }

  // Calls visit(at, count) for each word of a state, eight bytes at a time. The last word may overlap the one before, which costs
  // nothing and spares a tail.
  template <class Visit>
  void for_each_word(Visit&& visit) const {
    constexpr std::size_t word = sizeof(std::uint64_t);
    if (state_size_ < word) {
      visit(0, state_size_);
      return;
    }
    for (std::size_t at = 0; at + word < state_size_; at += word) {
      visit(at, word);
    }
    visit(state_size_ - word, word);
  }

  bool equal(const std::byte* left, const std::byte* right) const {
    std::uint64_t difference = 0;
    for_each_word([&](std::size_t at, std::size_t count) { difference |= load(left + at, count) ^ load(right + at, count); });
    return difference == 0;
  }

  std::size_t arena_bytes(std::size_t additional) const {
    const std::size_t needed = (size_ + additional + (std::size_t{1} << chunk_bits_) - 1) >> chunk_bits_;
    return (std::max(needed, arena_.size()) * state_size_) << chunk_bits_;
  }

  static large_array<std::uint64_t> empty_table(std::size_t slots) {
    large_array<std::uint64_t> table(slots);
    std::fill_n(table.data(), slots, 0);
    return table;
  }

  // The table is kept at most five eighths full, where linear probing still ends within the first cache line.
  std::size_t slots_for(std::size_t additional) const {
    std::size_t slots = table_.size();
    while ((size_ + additional) * 8 > slots * 5) {
      slots *= 2;
    }
    return slots;
  }

  // The old table is freed first, for all that it knew can be computed from the arena.
  void rebuild(std::size_t slots) {
    release_table();
    table_ = empty_table(slots);
    constexpr std::uint32_t group = 64;
    std::uint64_t hashes[group];
    for (std::uint32_t first = 0; first < size_; first += group) {
      const std::uint32_t count = std::min(group, size_ - first);
      for (std::uint32_t i = 0; i < count; ++i) {
        hashes[i] = hash((*this)[first + i]);
        prefetch_slot(hashes[i]);
      }
      for (std::uint32_t i = 0; i < count; ++i) {
        std::size_t slot = home_of(hashes[i]);
        while (table_[slot] != 0) {
          slot = next(slot);
        }
        table_[slot] = entry_of(hashes[i], first + i);
      }
    }
  }

  std::size_t state_size_;
  unsigned chunk_bits_;
  std::uint32_t size_ = 0;
  std::vector<large_array<std::byte>> arena_;
  large_array<std::uint64_t> table_;
};

}  // namespace lastcall::explore
