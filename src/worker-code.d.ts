/** src/worker.ts and what it imports, as one script. */
declare module 'virtual:worker' {
  const code: string;
  export default code;
}
