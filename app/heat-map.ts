import { significant } from '../host/numbers.ts';
import { showLegend, viridis } from './colour.ts';
import type { Address } from './corpus.ts';

const MARGIN = 34; // CSS pixels for the years, above and to the left
const OVERHANG = 12; // and for half of the last year, below and to the right
const YEARS_APART = 20;

/** The matrix of divergences as a square of colours, with a pair of addresses that is read out. */
export class HeatMap {
  readonly #canvas: HTMLCanvasElement;
  readonly #addresses: readonly Address[];
  readonly #onPick: (row: number, column: number) => void;
  readonly #image: OffscreenCanvas;
  #picked: { row: number; column: number } | undefined;

  constructor(canvas: HTMLCanvasElement, addresses: readonly Address[], onPick: (row: number, column: number) => void) {
    this.#canvas = canvas;
    this.#addresses = addresses;
    this.#onPick = onPick;
    this.#image = new OffscreenCanvas(addresses.length, addresses.length);
    canvas.addEventListener('pointermove', (event) => this.#pickAt(event));
    canvas.addEventListener('pointerdown', (event) => this.#pickAt(event));
    canvas.addEventListener('keydown', (event) => this.#pickByKey(event));
    new ResizeObserver(() => this.#draw()).observe(canvas);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.#draw());
  }

  show(divergences: Float32Array, legend: HTMLElement): void {
    const scale = logarithmicScale(divergences, this.#addresses.length);
    const pixels = new ImageData(this.#addresses.length, this.#addresses.length);
    divergences.forEach((value, i) => {
      const [red, green, blue] = viridis(scale.position(value));
      pixels.data.set([255 * red, 255 * green, 255 * blue, 255], 4 * i);
    });
    this.#image.getContext('2d')!.putImageData(pixels, 0, 0);
    showLegend(legend, viridis, scale.ticks);
    this.#draw();
  }

  /** CSS pixels of the square of colours. */
  get #side(): number {
    return this.#canvas.clientWidth - MARGIN - OVERHANG;
  }

  #pickAt(event: PointerEvent): void {
    const { left, top } = this.#canvas.getBoundingClientRect();
    this.#pick(this.#indexAt(event.clientY - top), this.#indexAt(event.clientX - left));
  }

  #indexAt(pixel: number): number {
    return Math.floor(((pixel - MARGIN) / this.#side) * this.#addresses.length);
  }

  #pickByKey(event: KeyboardEvent): void {
    const moves: Record<string, [number, number]> = {
      ArrowUp: [-1, 0],
      ArrowDown: [1, 0],
      ArrowLeft: [0, -1],
      ArrowRight: [0, 1],
    };
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    const stride = event.shiftKey ? 10 : 1;
    const { row, column } = this.#picked ?? { row: 0, column: 0 };
    this.#pick(row + stride * move[0], column + stride * move[1]);
  }

  #pick(row: number, column: number): void {
    const clamp = (index: number): number => Math.min(Math.max(index, 0), this.#addresses.length - 1);
    this.#picked = { row: clamp(row), column: clamp(column) };
    this.#draw();
    this.#onPick(this.#picked.row, this.#picked.column);
  }

  #draw(): void {
    const { clientWidth } = this.#canvas;
    const size = Math.round(clientWidth * devicePixelRatio);
    if (this.#canvas.width !== size) this.#canvas.width = this.#canvas.height = size;
    const context = this.#canvas.getContext('2d')!;
    context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    context.clearRect(0, 0, clientWidth, clientWidth);
    context.imageSmoothingEnabled = false;
    context.drawImage(this.#image, MARGIN, MARGIN, this.#side, this.#side);
    this.#drawYears(context);
    this.#drawPicked(context);
  }

  #drawYears(context: CanvasRenderingContext2D): void {
    const cell = this.#side / this.#addresses.length;
    context.fillStyle = getComputedStyle(this.#canvas).color;
    context.font = '11px system-ui, sans-serif';
    let next = 1800;
    this.#addresses.forEach(({ year }, index) => {
      if (year < next) return;
      next = year - (year % YEARS_APART) + YEARS_APART;
      const at = MARGIN + (index + 0.5) * cell;
      context.textAlign = 'center';
      context.fillText(String(year), at, MARGIN - 8);
      context.fillRect(at, MARGIN - 4, 1, 3);
      context.textAlign = 'right';
      context.fillText(String(year), MARGIN - 7, at + 4);
      context.fillRect(MARGIN - 4, at, 3, 1);
    });
  }

  #drawPicked(context: CanvasRenderingContext2D): void {
    if (!this.#picked) return;
    const cell = this.#side / this.#addresses.length;
    const x = MARGIN + this.#picked.column * cell;
    const y = MARGIN + this.#picked.row * cell;
    context.fillStyle = 'rgb(255 255 255 / 0.35)';
    context.fillRect(MARGIN, y, this.#side, cell);
    context.fillRect(x, MARGIN, cell, this.#side);
    context.strokeStyle = 'white';
    context.lineWidth = 1.5;
    context.strokeRect(x - 1, y - 1, cell + 2, cell + 2);
  }
}

/**
 * Divergences span decades away from α = 0, so colours go by the logarithm; the zeros of the diagonal take the near
 * end.
 */
function logarithmicScale(
  divergences: Float32Array,
  count: number,
): { position: (value: number) => number; ticks: string[] } {
  const offDiagonal = divergences.filter(
    (value, i) => Math.floor(i / count) !== i % count && value > 0 && value < Infinity,
  );
  const near = offDiagonal.reduce((a, b) => Math.min(a, b), Infinity);
  const far = offDiagonal.reduce((a, b) => Math.max(a, b), near);
  const at = (t: number): string => significant(near * (far / near) ** t);
  return {
    position: (value) => (value > near ? Math.log(value / near) / Math.log(far / near) : 0),
    ticks: [`${at(0)} nats`, at(0.25), at(0.5), at(0.75), at(1)],
  };
}
