/** The uniforms of a kernel, written once: a list of 32-bit fields gives byte offsets, the writer and the TypeScript type. */
export type FieldType = 'u32' | 'i32' | 'f32';

export interface UniformLayout<Name extends string = string> {
  readonly fields: readonly (readonly [name: Name, type: FieldType])[];
  /** Bytes of the uniform buffer: four a field, rounded up to 16 as WGSL's uniform address space wants. */
  readonly byteLength: number;
  /** Writes the fields from a byte on. */
  write(view: DataView, at: number, valueOf: (name: Name) => number | undefined): void;
}

export function defineUniforms<Name extends string>(types: Readonly<Record<Name, FieldType>>): UniformLayout<Name> {
  const fields = Object.entries(types) as [Name, FieldType][];
  return {
    fields,
    byteLength: Math.ceil(fields.length / 4) * 16,
    write(view, at, valueOf) {
      for (const [index, [name, type]] of fields.entries()) {
        const value = valueOf(name);
        if (value === undefined) throw new TypeError(`The uniform ${name} has no value`);
        if (type === 'f32') view.setFloat32(at + 4 * index, value, true);
        else if (type === 'i32') view.setInt32(at + 4 * index, value, true);
        else view.setUint32(at + 4 * index, value, true);
      }
    },
  };
}

/** The WGSL struct that the layout describes; a test compares it with the one in the shader. */
export function wgslStruct(name: string, layout: UniformLayout): string {
  return `struct ${name} { ${layout.fields.map(([field, type]) => `${field}: ${type},`).join(' ')} }`;
}
