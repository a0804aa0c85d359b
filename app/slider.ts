import { element } from '../host/element.ts';

const NAMED: readonly [alpha: number, name: string][] = [
  [-1, 'KL(p ‖ q)'],
  [0, '4 × Hellinger²'],
  [1, 'KL(q ‖ p)'],
];

/** Calls `onAlpha` with the slider's α, now and whenever it moves, and says its name where it has one. */
export function followSlider(onAlpha: (alpha: number) => void): void {
  const slider = element<HTMLInputElement>('alpha');
  const follow = (): void => {
    const alpha = Number(slider.value);
    const name = NAMED.find(([named]) => named === alpha)?.[1] ?? '';
    element('alpha-value').textContent = signed(alpha.toFixed(2));
    element('alpha-name').textContent = name;
    slider.setAttribute('aria-valuetext', [slider.value, name].filter(Boolean).join(', '));
    onAlpha(alpha);
  };
  markNames(slider);
  slider.addEventListener('input', follow);
  follow();
}

function markNames({ min, max }: HTMLInputElement): void {
  const [low, high] = [Number(min), Number(max)];
  for (const [alpha, name] of [[low, signed(min)], ...NAMED, [high, signed(max)]] as [number, string][]) {
    const mark = Object.assign(document.createElement('span'), { textContent: name });
    mark.style.left = `${(100 * (alpha - low)) / (high - low)}%`;
    element('alpha-marks').append(mark);
  }
}

function signed(number: string): string {
  return number.replace('-', '−');
}
