import { vec4 } from 'wgpu-matrix';
import { showLegend, timeColour } from './colour.ts';
import type { Address } from './corpus.ts';
import { Orbit } from './orbit.ts';
import { PointPainter, type PaintedPoint } from './point-painter.ts';
import type { Point } from './scaling.ts';

const RADIUS = 19; // CSS pixels of a disc at distance one
const PICK_RADIUS = 16; // CSS pixels within which the pointer takes a point
const LABEL_WIDTH = 110; // CSS pixels that a name is given
const LABEL_HEIGHT = 20;
const LABELLED = 12; // addresses with a name beside them, evenly over time

export interface PointMapElements {
  canvas: HTMLCanvasElement;
  labels: HTMLElement;
  legend: HTMLElement;
  missing: HTMLElement;
}

/** The addresses as points in space, seen from a camera that the visitor moves. */
export class PointMap {
  readonly #elements: PointMapElements;
  readonly #addresses: readonly Address[];
  readonly #painter: PointPainter;
  readonly #orbit: Orbit;
  readonly #onPick: (index: number) => void;
  #positions: Point[] = [];
  #picked: readonly number[] = [];
  #drawing = false;

  /** Undefined, with a word in the map's place, where there is no WebGPU. */
  static async create(
    elements: PointMapElements,
    addresses: readonly Address[],
    onPick: (index: number) => void,
  ): Promise<PointMap | undefined> {
    const painter = await PointPainter.create(elements.canvas, addresses.length);
    if (painter) return new PointMap(painter, elements, addresses, onPick);
    sayMissing(
      elements,
      'This browser offers no WebGPU adapter, so the map cannot be drawn. All that is computed works without one.',
    );
    return undefined;
  }

  private constructor(
    painter: PointPainter,
    elements: PointMapElements,
    addresses: readonly Address[],
    onPick: (index: number) => void,
  ) {
    this.#painter = painter;
    this.#elements = elements;
    this.#addresses = addresses;
    this.#onPick = onPick;
    this.#orbit = new Orbit(elements.canvas, () => this.#draw());
    elements.canvas.addEventListener('pointermove', (event) => this.#pickAt(event));
    new ResizeObserver(() => this.#draw()).observe(elements.canvas);
    const [first, last] = [addresses[0]!.year, addresses.at(-1)!.year];
    showLegend(
      elements.legend,
      timeColour,
      [0, 0.25, 0.5, 0.75, 1].map((t) => String(Math.round(first + t * (last - first)))),
    );
    void painter.lost.then(({ message }) =>
      sayMissing(elements, `The GPU was lost (${message}). Reload the page to draw the map again.`),
    );
  }

  show(points: readonly Point[]): void {
    const along = (axis: number): number[] => points.map((point) => point[axis]!);
    const middle = [0, 1, 2].map((axis) => (Math.min(...along(axis)) + Math.max(...along(axis))) / 2);
    const centred = points.map((point) => point.map((x, axis) => x - middle[axis]!) as Point);
    const extent = Math.max(...centred.map((point) => Math.hypot(...point)));
    this.#positions = centred.map((point) => point.map((x) => x / extent) as Point);
    this.#draw();
  }

  pick(indices: readonly number[]): void {
    this.#picked = indices;
    this.#draw();
  }

  /** At most once a frame, however many events ask for it. */
  #draw(): void {
    if (this.#drawing || this.#positions.length === 0) return;
    this.#drawing = true;
    requestAnimationFrame(() => {
      this.#drawing = false;
      const { canvas } = this.#elements;
      const width = Math.round(canvas.clientWidth * devicePixelRatio);
      const height = Math.round(canvas.clientHeight * devicePixelRatio);
      if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
      const projection = this.#orbit.projection(width / height);
      this.#painter.paint(
        this.#positions.map((position, index) => this.#painted(position, index)),
        {
          projection,
          radius: RADIUS * devicePixelRatio,
          lineAlpha: 0.35,
        },
      );
      this.#placeLabels(projection);
    });
  }

  #painted(position: Point, index: number): PaintedPoint {
    const [first, last] = [this.#addresses[0]!.year, this.#addresses.at(-1)!.year];
    const colour = timeColour((this.#addresses[index]!.year - first) / (last - first));
    return { position, colour, emphasis: this.#picked.includes(index) ? 2 : 1 };
  }

  /** Names beside the picked points and beside as many of the standing ones as have room. */
  #placeLabels(projection: Float32Array): void {
    const every = (this.#addresses.length - 1) / (LABELLED - 1);
    const standing = Array.from({ length: LABELLED }, (_, i) => Math.round(i * every));
    const { clientWidth, clientHeight } = this.#elements.canvas;
    const placed: { x: number; y: number }[] = [];
    const labels = [...new Set([...this.#picked, ...standing])].flatMap((index) => {
      const { x, y } = this.#onScreen(index, projection);
      const isCovered = placed.some(
        (other) => Math.abs(other.x - x) < LABEL_WIDTH && Math.abs(other.y - y) < LABEL_HEIGHT,
      );
      if (isCovered || x < 0 || x > clientWidth || y < 0 || y > clientHeight) return [];
      placed.push({ x, y });
      const label = Object.assign(document.createElement('span'), { textContent: this.#addresses[index]!.label });
      label.className = this.#picked.includes(index) ? 'picked' : '';
      const side = x + LABEL_WIDTH > clientWidth ? 'translateX(calc(-100% - 18px))' : '';
      label.style.transform = `translate(${(x + 9).toFixed(1)}px, ${(y - 10).toFixed(1)}px) ${side}`;
      return label;
    });
    this.#elements.labels.replaceChildren(...labels);
  }

  #onScreen(index: number, projection: Float32Array): { x: number; y: number } {
    const { clientWidth, clientHeight } = this.#elements.canvas;
    const [x, y, , w] = vec4.transformMat4([...this.#positions[index]!, 1], projection);
    return { x: ((x! / w! + 1) / 2) * clientWidth, y: ((1 - y! / w!) / 2) * clientHeight };
  }

  #pickAt(event: PointerEvent): void {
    if (event.buttons !== 0 || this.#positions.length === 0) return;
    const { clientWidth, clientHeight } = this.#elements.canvas;
    const projection = this.#orbit.projection(clientWidth / clientHeight);
    const distances = this.#positions.map((_, index) => {
      const { x, y } = this.#onScreen(index, projection);
      return Math.hypot(x - event.offsetX, y - event.offsetY);
    });
    const nearest = distances.reduce((best, distance, index) => (distance < distances[best]! ? index : best), 0);
    if (distances[nearest]! < PICK_RADIUS) this.#onPick(nearest);
  }
}

function sayMissing({ canvas, labels, missing }: PointMapElements, text: string): void {
  missing.textContent = text;
  missing.hidden = false;
  canvas.style.visibility = 'hidden';
  labels.replaceChildren();
}
