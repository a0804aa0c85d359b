import shader from './points.wgsl?raw';

export interface PaintedPoint {
  position: readonly [number, number, number];
  colour: readonly [number, number, number];
  emphasis: number;
}

export interface PaintedView {
  projection: Float32Array;
  radius: number; // of a disc, in device pixels at distance one
  lineAlpha: number;
}

const FLOATS = 7; // a point: position, emphasis, colour
const SAMPLES = 4;
const DEPTH: GPUTextureFormat = 'depth24plus';

const overlay: GPUBlendState = {
  color: { srcFactor: 'one', dstFactor: 'one-minus-src-alpha' },
  alpha: { srcFactor: 'one', dstFactor: 'one-minus-src-alpha' },
};

/** Draws points and the line through them into a canvas. Knows WebGPU and nothing of what the points are. */
export class PointPainter {
  readonly lost: Promise<GPUDeviceLostInfo>;
  readonly #device: GPUDevice;
  readonly #canvas: HTMLCanvasElement;
  readonly #context: GPUCanvasContext;
  readonly #discs: GPURenderPipeline;
  readonly #line: GPURenderPipeline;
  readonly #uniforms: GPUBuffer;
  readonly #group: GPUBindGroup;
  readonly #inDepthOrder: GPUBuffer;
  readonly #inTimeOrder: GPUBuffer;
  #targets: [GPUTexture, GPUTexture] | undefined;

  static async create(canvas: HTMLCanvasElement, capacity: number): Promise<PointPainter | undefined> {
    const adapter = await navigator.gpu?.requestAdapter();
    if (!adapter) return undefined;
    const device = await adapter.requestDevice({ label: 'map of points' });
    device.pushErrorScope('validation');
    const painter = new PointPainter(device, canvas, capacity);
    const error = await device.popErrorScope();
    if (error) throw new Error(`The map cannot be drawn: ${error.message}`);
    return painter;
  }

  private constructor(device: GPUDevice, canvas: HTMLCanvasElement, capacity: number) {
    const format = navigator.gpu.getPreferredCanvasFormat();
    this.#device = device;
    this.lost = device.lost;
    this.#canvas = canvas;
    this.#context = canvas.getContext('webgpu')!;
    this.#context.configure({ device, format, alphaMode: 'premultiplied' });
    const module = device.createShaderModule({ code: shader });
    const layout = device.createBindGroupLayout({
      entries: [{ binding: 0, visibility: GPUShaderStage.VERTEX | GPUShaderStage.FRAGMENT, buffer: {} }],
    });
    const pipeline = (stem: string, topology: GPUPrimitiveTopology, stepMode: GPUVertexStepMode): GPURenderPipeline =>
      device.createRenderPipeline({
        layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
        vertex: {
          module,
          entryPoint: `${stem}_vertex`,
          buffers: [{ arrayStride: 4 * FLOATS, stepMode, attributes: ATTRIBUTES }],
        },
        fragment: { module, entryPoint: `${stem}_fragment`, targets: [{ format, blend: overlay }] },
        primitive: { topology },
        depthStencil: { format: DEPTH, depthWriteEnabled: true, depthCompare: 'less-equal' },
        multisample: { count: SAMPLES },
      });
    this.#discs = pipeline('disc', 'triangle-list', 'instance');
    this.#line = pipeline('line', 'line-strip', 'vertex');
    const vertices = { size: 4 * FLOATS * capacity, usage: GPUBufferUsage.VERTEX | GPUBufferUsage.COPY_DST };
    this.#inDepthOrder = device.createBuffer(vertices);
    this.#inTimeOrder = device.createBuffer(vertices);
    this.#uniforms = device.createBuffer({ size: 80, usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST });
    this.#group = device.createBindGroup({ layout, entries: [{ binding: 0, resource: { buffer: this.#uniforms } }] });
  }

  /** Points come in the order in which the line joins them; discs are drawn from the farthest to the nearest. */
  paint(points: readonly PaintedPoint[], { projection, radius, lineAlpha }: PaintedView): void {
    const { width, height } = this.#canvas;
    const depth = ([x, y, z]: PaintedPoint['position']): number =>
      projection[3]! * x + projection[7]! * y + projection[11]! * z;
    this.#device.queue.writeBuffer(
      this.#uniforms,
      0,
      new Float32Array([...projection, 2 / width, 2 / height, radius, lineAlpha]),
    );
    this.#device.queue.writeBuffer(this.#inTimeOrder, 0, packed(points));
    this.#device.queue.writeBuffer(
      this.#inDepthOrder,
      0,
      packed([...points].sort((a, b) => depth(b.position) - depth(a.position))),
    );
    const encoder = this.#device.createCommandEncoder();
    const pass = encoder.beginRenderPass(this.#attachments());
    pass.setBindGroup(0, this.#group);
    pass.setPipeline(this.#line);
    pass.setVertexBuffer(0, this.#inTimeOrder);
    pass.draw(points.length);
    pass.setPipeline(this.#discs);
    pass.setVertexBuffer(0, this.#inDepthOrder);
    pass.draw(6, points.length);
    pass.end();
    this.#device.queue.submit([encoder.finish()]);
  }

  #attachments(): GPURenderPassDescriptor {
    const canvas = this.#context.getCurrentTexture();
    if (this.#targets?.[0].width !== canvas.width || this.#targets[0].height !== canvas.height) {
      this.#targets?.forEach((texture) => texture.destroy());
      const target = (format: GPUTextureFormat): GPUTexture =>
        this.#device.createTexture({
          format,
          size: canvas,
          sampleCount: SAMPLES,
          usage: GPUTextureUsage.RENDER_ATTACHMENT,
        });
      this.#targets = [target(canvas.format), target(DEPTH)];
    }
    const [colour, depth] = this.#targets;
    return {
      colorAttachments: [
        {
          view: colour.createView(),
          resolveTarget: canvas.createView(),
          clearValue: [0, 0, 0, 0],
          loadOp: 'clear',
          storeOp: 'discard',
        },
      ],
      depthStencilAttachment: {
        view: depth.createView(),
        depthClearValue: 1,
        depthLoadOp: 'clear',
        depthStoreOp: 'discard',
      },
    };
  }
}

const ATTRIBUTES: GPUVertexAttribute[] = [
  { shaderLocation: 0, offset: 0, format: 'float32x3' },
  { shaderLocation: 1, offset: 12, format: 'float32' },
  { shaderLocation: 2, offset: 16, format: 'float32x3' },
];

function packed(points: readonly PaintedPoint[]): Float32Array<ArrayBuffer> {
  return new Float32Array(points.flatMap(({ position, emphasis, colour }) => [...position, emphasis, ...colour]));
}
