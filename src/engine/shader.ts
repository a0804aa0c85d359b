import { ShaderCompilationError } from './errors.ts';
import type { Piece } from './kernel.ts';

/** A joined shader, and the way back from its lines to the pieces' own. */
export interface Shader {
  readonly source: string;
  locate(line: number, column?: number): { readonly piece: string; readonly line: number; readonly column?: number };
}

/** Joins pieces in order. They have no directives, which WGSL wants before all else. */
export function joinPieces(pieces: readonly Piece[]): Shader {
  return {
    source: pieces.map(({ source }) => source).join('\n'),
    locate(line, column) {
      let own = line;
      for (const { name, source } of pieces) {
        const lines = source.split('\n').length;
        if (own <= lines) return { piece: name, line: own, ...(column !== undefined && { column }) };
        own -= lines;
      }
      return { piece: 'shader', line };
    },
  };
}

/** Compiles, and throws the compiler's errors with the file and line of the piece they are in. */
export async function compileShader(device: GPUDevice, label: string, shader: Shader): Promise<GPUShaderModule> {
  device.pushErrorScope('validation');
  const module = device.createShaderModule({ label, code: shader.source });
  const error = await device.popErrorScope();
  if (!error) return module;
  const { messages } = await module.getCompilationInfo();
  const got = messages.filter(({ type }) => type === 'error').map(({ lineNum, linePos, message }) => {
    const { piece, line, column } = shader.locate(lineNum, linePos);
    return `${piece}:${line}:${column} ${message}`;
  });
  throw new ShaderCompilationError({
    operation: label, expected: 'WGSL that compiles', got: got.join('; ') || error.message,
    remedy: 'Mend the named line.',
  });
}
