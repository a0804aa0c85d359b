/** Colours of the plots on white, from Okabe and Ito's palette, which colour-blind readers tell apart. */
export const COLOURS = { dually: '#0072b2', naive: '#d55e00', naiveEasy: '#c26a9a', guide: '#888888' } as const;

const dark = { dually: '#56b4e9', naive: '#ff9457', naiveEasy: '#e8a5cb' };

const style = `
  svg { background: #ffffff; }
  text { fill: #1f2328; }
  @media (prefers-color-scheme: dark) {
    svg { background: #0d1117; }
    text { fill: #e6edf3; }
    [stroke="${COLOURS.dually}"] { stroke: ${dark.dually}; }
    [stroke="${COLOURS.naive}"] { stroke: ${dark.naive}; }
    [stroke="${COLOURS.naiveEasy}"] { stroke: ${dark.naiveEasy}; }
  }`;

/** The SVG with a title, and with colours that follow the reader's light or dark theme, also inside an <img>. */
export function themed(svg: string, title: string): string {
  const rounded = svg.replace(/\d+\.\d{3,}/g, (number) => String(Math.round(Number(number) * 100) / 100));
  const start = rounded.indexOf('>', rounded.indexOf('<svg')) + 1;
  return `${rounded.slice(0, start)}<title>${title}</title><style>${style}\n</style>${rounded.slice(start)}\n`;
}
