/** The k smallest of a row and where they are. Twin: shaders/divergences/nearest.wgsl */

/**
 * Pairs of index and value, by a heap whose first pair comes last of all: the larger value, and of equals the larger
 * index. The heap is then sorted where it is.
 */
export function nearestOfBlock(rows: i32, width: i32, out: usize, _scratch: usize, values: usize, _rowsOfValues: i32, columns: i32): void {
  const kept = width >> 1;
  for (let row = 0; row < rows; row++, out += <usize>width << 2, values += <usize>columns << 2) {
    for (let index = 0; index < kept; index++) put(out, index, index, load<f32>(values + (<usize>index << 2)));
    for (let slot = (kept >> 1) - 1; slot >= 0; slot--) sink(out, kept, slot, indexAt(out, slot), valueAt(out, slot));
    for (let index = kept; index < columns; index++) {
      const value = load<f32>(values + (<usize>index << 2));
      if (value < valueAt(out, 0)) sink(out, kept, 0, <f32>index, value);
    }
    for (let end = kept - 1; end > 0; end--) {
      const index = indexAt(out, end);
      const value = valueAt(out, end);
      put(out, end, <i32>indexAt(out, 0), valueAt(out, 0));
      sink(out, end, 0, index, value);
    }
  }
}

@inline
function indexAt(heap: usize, slot: i32): f32 {
  return load<f32>(heap + (<usize>slot << 3));
}

@inline
function valueAt(heap: usize, slot: i32): f32 {
  return load<f32>(heap + (<usize>slot << 3), 4);
}

@inline
function put(heap: usize, slot: i32, index: i32, value: f32): void {
  store<f32>(heap + (<usize>slot << 3), <f32>index);
  store<f32>(heap + (<usize>slot << 3), value, 4);
}

/** Puts a pair into the heap below an empty slot, where everything that comes later stays above it. */
function sink(heap: usize, count: i32, slot: i32, index: f32, value: f32): void {
  for (let next = 2 * slot + 1; next < count; next = 2 * slot + 1) {
    if (next + 1 < count && comesLater(heap, next + 1, indexAt(heap, next), valueAt(heap, next))) next++;
    if (!comesLater(heap, next, index, value)) break;
    store<f64>(heap + (<usize>slot << 3), load<f64>(heap + (<usize>next << 3)));
    slot = next;
  }
  put(heap, slot, <i32>index, value);
}

@inline
function comesLater(heap: usize, slot: i32, index: f32, value: f32): bool {
  const own = valueAt(heap, slot);
  return own > value || (own === value && indexAt(heap, slot) > index);
}
