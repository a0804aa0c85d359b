/** The functions of assembly/, compiled: WebAssembly in the characters of `bytesOfText`. */
declare module 'virtual:assembly' {
  const text: string;
  export default text;
}
