import { element, messageOf } from '../host/element.ts';
import { duration } from '../host/numbers.ts';
import { alphaDivergenceMatrix, openEngine, type Engine, type Tensor } from '../src/index.ts';
import type { Corpus } from './corpus.ts';
import { addressDistributions } from './distributions.ts';
import { hellingerFromAlpha0 } from './findings.ts';
import { HeatMap } from './heat-map.ts';
import { Latest } from './latest.ts';
import { PointMap } from './point-map.ts';
import { scaleToThreeDimensions } from './scaling.ts';

/** The two views: the heat map of D_α, which follows α, and the map in space, which stays with α = 0. */
export class Explorer {
  readonly #corpus: Corpus;
  readonly #rows: Tensor;
  readonly #heatMap: HeatMap;
  readonly #evaluations: Latest<number>;
  #map: PointMap | undefined;
  #shown: { alpha: number; divergences: Float32Array } | undefined;
  #pair: { row: number; column: number } | undefined; // in the heat map
  #distances: Float32Array | undefined; // Hellinger's

  static async open(corpus: Corpus): Promise<Explorer> {
    const explorer = new Explorer(corpus, await openEngine());
    const elements = {
      canvas: element<HTMLCanvasElement>('map'),
      labels: element('map-labels'),
      legend: element('map-legend'),
      missing: element('map-missing'),
    };
    explorer.#map = await PointMap.create(elements, corpus.addresses, (index) => explorer.#pickAddress(index));
    element('map-read').hidden = !explorer.#map;
    return explorer;
  }

  private constructor(corpus: Corpus, engine: Engine) {
    const { data, outcomes } = addressDistributions(corpus);
    this.#corpus = corpus;
    this.#rows = engine.rows(data, { outcomes });
    this.#heatMap = new HeatMap(element('heat-map'), corpus.addresses, (row, column) => this.#pickPair(row, column));
    this.#evaluations = new Latest(
      (alpha, signal) => this.#evaluate(alpha, signal),
      (error) => say(messageOf(error)),
    );
  }

  /** Shows D_α when it is there, unless another α is asked for before. */
  ask(alpha: number): void {
    this.#evaluations.ask(alpha);
  }

  async #evaluate(alpha: number, signal: AbortSignal): Promise<void> {
    const matrix = alphaDivergenceMatrix(this.#rows, this.#rows, { alpha });
    try {
      const divergences = await matrix.read({
        ...(this.#distances && { signal }), // the first is at α = 0, and the map cannot do without it
        onProgress: (done, total) => say(`evaluating … ${Math.floor((100 * done) / total)} %`),
      });
      this.#shown = { alpha, divergences };
      this.#heatMap.show(divergences, element('heat-legend'));
      const { backend, adapter, reason, milliseconds } = matrix.report;
      say(`${duration(milliseconds.gpu ?? milliseconds.total)} on ${adapter}${backend === 'cpu' ? `: ${reason}` : ''}`);
      this.#readPair();
      if (alpha === 0) this.#place(divergences);
    } finally {
      matrix.dispose();
    }
  }

  #place(divergences: Float32Array): void {
    if (this.#distances) return;
    this.#distances = hellingerFromAlpha0(divergences);
    this.#map?.show(scaleToThreeDimensions(this.#distances, this.#corpus.addresses.length).points);
  }

  #pickPair(row: number, column: number): void {
    this.#map?.pick([row, column]);
    this.#pair = { row, column };
    this.#readPair();
  }

  #readPair(): void {
    if (!this.#shown || !this.#pair) return;
    const { row, column } = this.#pair;
    const { addresses } = this.#corpus;
    const { alpha, divergences } = this.#shown;
    const value = divergences[row * addresses.length + column]!;
    const hellinger = alpha === 0 ? `, Hellinger distance ${Math.sqrt(value / 4).toFixed(4)}` : '';
    element('heat-read').textContent =
      `D(${addresses[row]!.label} ‖ ${addresses[column]!.label}) = ` +
      `${value.toPrecision(5)} nats at α = ${alpha}${hellinger}`;
  }

  #pickAddress(index: number): void {
    this.#map?.pick([index]);
    if (!this.#distances) return;
    const { addresses, presidents } = this.#corpus;
    const { year, president, words } = addresses[index]!;
    const toOthers = [...this.#distances.subarray(index * addresses.length, (index + 1) * addresses.length)];
    toOthers[index] = Infinity; // itself
    const nearest = toOthers.indexOf(Math.min(...toOthers));
    element('map-read').textContent =
      `${presidents[president]!.name}, ${year}, ${words} words. ` +
      `Nearest: ${addresses[nearest]!.label} (H = ${toOthers[nearest]!.toFixed(3)}).`;
  }
}

function say(text: string): void {
  element('status').textContent = text;
}
