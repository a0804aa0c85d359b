/**
 * Dawn for Node, from the optional package `webgpu`: the "node" side of #dawn in package.json. It is shipped as it stands, since
 * minifiers drop the comments and fold a constant name to a literal, by which bundlers of servers would look for the package.
 */
export const importDawn = (name = 'webgpu') => import(/* webpackIgnore: true */ /* turbopackIgnore: true */ /* @vite-ignore */ name);
