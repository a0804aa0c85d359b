import { ShaderCompilationError } from './errors.ts';
import type { Piece } from './kernel.ts';

/** A joined shader, and the way back from its lines to the pieces' own. */
export interface Shader {
  readonly source: string;
  locate(line: number, column?: number): { readonly piece: string; readonly line: number; readonly column?: number };
}

const leading = /^(\s*(enable|requires|diagnostic)\b[^;]*;)+/;

/** Joins pieces in order. WGSL wants directives before all else, so they move to the top; a line moves nowhere else. */
export function joinPieces(pieces: readonly Piece[]): Shader {
  const directives: string[] = [];
  const lines: string[] = [];
  const starts: { readonly piece: Piece; readonly at: number }[] = [];
  for (const piece of pieces) {
    starts.push({ piece, at: lines.length });
    for (const line of piece.source.split('\n')) {
      const found = leading.exec(line)?.[0] ?? '';
      for (const directive of found.split(/(?<=;)/).map((text) => text.trim())) {
        if (directive !== '' && !directives.includes(directive)) directives.push(directive);
      }
      lines.push(line.slice(found.length));
    }
  }
  return {
    source: [...directives, ...lines].join('\n'),
    locate(line, column) {
      const index = line - 1 - directives.length;
      const { piece, at } = starts.findLast((start) => start.at <= index) ?? starts[0] ?? { piece: { name: 'shader' } as Piece, at: 0 };
      const own = index - at + 1;
      return { piece: piece.name, line: own, ...(column !== undefined && { column: piece.columnOf?.(own, column) ?? column }) };
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
