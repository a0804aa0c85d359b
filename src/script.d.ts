/** A module of this repository and what it imports, as one script: its path follows. */
declare module 'virtual:script/*' {
  const code: string;
  export default code;
}
