/** The worker of an engine whose first device is lost when it gets its first commands. */
import { register } from '../../src/engine-worker.ts';

const adapter = GPUAdapter.prototype;
const requestDevice = Reflect.get(adapter, 'requestDevice');
let isFirst = true;

register(); // nothing, but a bundler drops an import that is not used: only the module of the package is known to do something
adapter.requestDevice = async function request(descriptor) {
  const device = await requestDevice.call(this, descriptor);
  if (!isFirst) return device;
  isFirst = false;
  const submit = device.queue.submit.bind(device.queue);
  device.queue.submit = (commands) => {
    submit(commands);
    device.destroy();
  };
  return device;
};
