/** Counts the buffers of a device from outside. */
export interface Meter {
  readonly live: () => { readonly bytes: number; readonly buffers: number };
  /** The most bytes that there ever were. */
  readonly most: () => number;
  readonly destroyed: () => number;
  readonly restart: () => void;
  /** Does something whose buffers do not count. */
  readonly apart: <T>(work: () => T) => T;
}

export function meter(device: GPUDevice): Meter {
  const create = device.createBuffer.bind(device);
  let [bytes, buffers, destroyed, most, isApart] = [0, 0, 0, 0, false];
  device.createBuffer = (descriptor) => {
    const buffer = create(descriptor);
    if (isApart) return buffer;
    const destroy = buffer.destroy.bind(buffer);
    let isLive = true;
    bytes += buffer.size;
    buffers++;
    most = Math.max(most, bytes);
    buffer.destroy = () => {
      if (isLive) {
        bytes -= buffer.size;
        buffers--;
        destroyed++;
      }
      isLive = false;
      return destroy();
    };
    return buffer;
  };
  return {
    live: () => ({ bytes, buffers }), most: () => most, destroyed: () => destroyed, restart: () => { most = bytes; },
    apart(work) {
      isApart = true;
      try {
        return work();
      } finally {
        isApart = false;
      }
    },
  };
}
