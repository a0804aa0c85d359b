export type Rgb = [red: number, green: number, blue: number]; // 0 … 1

// Ten samples of viridis (van der Walt and Smith 2015, CC0): even steps look even, in grey too.
const VIRIDIS = [
  '440154',
  '482878',
  '3e4989',
  '31688e',
  '26828e',
  '1f9e89',
  '35b779',
  '6ece58',
  'b5de2b',
  'fde725',
].map((hex): Rgb => [0, 2, 4].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255) as Rgb);

/** The colour of a divergence; `t` runs from 0, near, to 1, far. */
export function viridis(t: number): Rgb {
  const at = Math.min(Math.max(t, 0), 1) * (VIRIDIS.length - 1);
  const below = Math.min(Math.floor(at), VIRIDIS.length - 2);
  return VIRIDIS[below]!.map((channel, i) => channel + (at - below) * (VIRIDIS[below + 1]![i]! - channel)) as Rgb;
}

/** The colour of a time: blue through purple to amber at one OKLab lightness, so that it reads on light and on dark. */
export function timeColour(t: number): Rgb {
  const hue = ((255 + 180 * t) * Math.PI) / 180;
  return fromOklab(0.66, 0.15 * Math.cos(hue), 0.15 * Math.sin(hue));
}

/** OKLab to sRGB (Ottosson 2020), clipped to the gamut. */
function fromOklab(lightness: number, a: number, b: number): Rgb {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const linear = [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
  return linear.map((x) =>
    Math.min(Math.max(x <= 0.0031308 ? 12.92 * x : 1.055 * x ** (1 / 2.4) - 0.055, 0), 1),
  ) as Rgb;
}

export function cssColour([red, green, blue]: Rgb): string {
  return `rgb(${Math.round(255 * red)} ${Math.round(255 * green)} ${Math.round(255 * blue)})`;
}

/** A ramp of colours over the words that name its ends and what lies between. */
export function showLegend(element: HTMLElement, colour: (t: number) => Rgb, ticks: readonly string[]): void {
  const ramp = document.createElement('div');
  ramp.className = 'ramp';
  ramp.style.background = `linear-gradient(to right, ${Array.from({ length: 17 }, (_, i) => cssColour(colour(i / 16))).join(', ')})`;
  const words = document.createElement('div');
  words.className = 'ticks';
  words.append(...ticks.map((tick) => Object.assign(document.createElement('span'), { textContent: tick })));
  element.replaceChildren(ramp, words);
}
