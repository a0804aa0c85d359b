export default {
  mode: 'production',
  entry: './main.js',
  output: { filename: 'main.js', clean: true },
  performance: { hints: false }, // a worker that holds all operations is larger than the 244 KiB that webpack likes
};
