/** A map from lists of objects, told apart by identity. It keeps none of them alive. */
export class Trie<Key extends WeakKey, Value> {
  readonly #branches = new WeakMap<Key, Trie<Key, Value>>();
  value: Value | undefined;

  /** The place of a list that begins with the keys of this one. */
  at(keys: Iterable<Key>): Trie<Key, Value> {
    let place: Trie<Key, Value> | undefined;
    for (const key of keys) place = (place ?? this).#branch(key);
    return place ?? this;
  }

  #branch(key: Key): Trie<Key, Value> {
    const known = this.#branches.get(key);
    if (known) return known;
    const made = new Trie<Key, Value>();
    this.#branches.set(key, made);
    return made;
  }
}
