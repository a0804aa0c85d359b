import { mat4, vec3 } from 'wgpu-matrix';

const FIELD_OF_VIEW = 0.6; // radians
const TURN = 0.008; // radians a pixel
const STEP = 0.12; // radians a key
const ZOOM = 1.15; // a key

/** A camera that circles the origin, moved by pointer, wheel and keys. */
export class Orbit {
  #yaw = 0.35;
  #pitch = 0.35;
  #distance = 3.2;
  readonly #onChange: () => void;

  constructor(element: HTMLElement, onChange: () => void) {
    this.#onChange = onChange;
    element.addEventListener('pointerdown', (event) => element.setPointerCapture(event.pointerId));
    element.addEventListener('pointermove', (event) => {
      if (event.buttons & 1) this.#move(-TURN * event.movementX, TURN * event.movementY);
    });
    element.addEventListener('wheel', (event) => {
      event.preventDefault();
      this.#move(0, 0, Math.exp(0.001 * event.deltaY));
    });
    element.addEventListener('keydown', (event) => {
      const move = KEYS[event.key];
      if (!move) return;
      event.preventDefault();
      this.#move(...move);
    });
  }

  /** From the space of the points to clip space; depth 0 … 1. */
  projection(aspect: number): Float32Array {
    const across = this.#distance * Math.cos(this.#pitch);
    const eye = vec3.create(
      across * Math.sin(this.#yaw),
      this.#distance * Math.sin(this.#pitch),
      across * Math.cos(this.#yaw),
    );
    const look = mat4.lookAt(eye, [0, 0, 0], [0, 1, 0]);
    return mat4.multiply(mat4.perspective(FIELD_OF_VIEW, aspect, 0.05, 50), look);
  }

  #move(yaw: number, pitch: number, zoom = 1): void {
    this.#yaw += yaw;
    this.#pitch = Math.min(Math.max(this.#pitch + pitch, -1.5), 1.5);
    this.#distance = Math.min(Math.max(this.#distance * zoom, 1.2), 12);
    this.#onChange();
  }
}

const KEYS: Record<string, [yaw: number, pitch: number, zoom?: number]> = {
  ArrowLeft: [-STEP, 0],
  ArrowRight: [STEP, 0],
  ArrowUp: [0, STEP],
  ArrowDown: [0, -STEP],
  '+': [0, 0, 1 / ZOOM],
  '=': [0, 0, 1 / ZOOM],
  '-': [0, 0, ZOOM],
};
