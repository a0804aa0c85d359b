/** The functions of assembly/, compiled: WebAssembly in base64. */
declare module 'virtual:assembly' {
  const base64: string;
  export default base64;
}
