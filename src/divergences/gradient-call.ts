import { isLogits } from '../engine/forms.ts';
import type { CpuCall, InputRange } from '../engine/kernel.ts';
import { alphaCall, tableOf, contractOf, evaluated } from './alpha-member.ts';
import { exponentOf, type MemberGradient } from './gradient-kernel.ts';

/** What the WebAssembly module calls the divergences whose values it gives with the gradients. */
const kindOf: Readonly<Record<string, number>> = { klRows: 0, alphaRows: 1, farAlphaRows: 2, hellingerRows: 4 };

/** The gradient on the CPU. A member that is not D_α itself needs the value for its own slope. */
export function gradientCall({ member, parameters, of }: MemberGradient, valued: boolean, inputs: readonly InputRange[]): CpuCall | undefined {
  const alpha = member.alpha(parameters);
  const c = exponentOf(alpha, of);
  const order = of === 'p' ? [0, 1] : [1, 0];
  if (isLogits(inputs[0]!.form)) {
    if (valued || member.slope !== 1) return undefined;
    return { name: 'logitGradientRows', order, numbers: [c], scratch: 8 * roundedUp(inputs[0]!.width) };
  }
  const value = alphaCall(alpha, contractOf(inputs), member.cpu);
  if (!value) return undefined;
  if (!valued && member.slope === 1) return { name: 'gradientRows', order, numbers: [c] };
  const exchanged = (alpha > 0) === (of === 'p');
  return {
    name: 'valuedGradientRows', order, tables: [tableOf(evaluated(alpha))],
    numbers: [c, exchanged ? 1 : 0, kindOf[value.name]!, ...value.numbers ?? []],
  };
}

/** To whole quads. */
const roundedUp = (outcomes: number): number => Math.ceil(outcomes / 4) * 4;
