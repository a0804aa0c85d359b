import { assumed, type Costs } from './cost.ts';

/** Costs of other versions are of other kernels. */
const keyOf = (adapter: string): string => `dually.costs.2 ${adapter}`;

/** What was measured of an adapter in this page's origin before; undefined where nothing was, or nothing may be kept. */
export function storedCosts(adapter: string): Costs | undefined {
  try {
    const costs = JSON.parse(storage()?.getItem(keyOf(adapter)) ?? 'null') as unknown;
    return isLike(costs, assumed) ? costs : undefined;
  } catch {
    return undefined; // forbidden, or not ours
  }
}

export function storeCosts(adapter: string, costs: Costs): void {
  try {
    storage()?.setItem(keyOf(adapter), JSON.stringify(costs));
  } catch {
    // forbidden, or full: the next page measures anew
  }
}

/** Node has a localStorage too, which warns when it is touched. */
function storage(): Storage | undefined {
  return typeof document === 'object' ? globalThis.localStorage : undefined;
}

/** Whether a value has all parts of another one, down to numbers above 0. */
function isLike<T>(value: unknown, model: T): value is T {
  if (typeof model === 'number') return typeof value === 'number' && value > 0 && value < Infinity;
  return typeof value === 'object' && value !== null && Object.entries(model as object).every(([name, part]) => isLike((value as Record<string, unknown>)[name], part));
}
