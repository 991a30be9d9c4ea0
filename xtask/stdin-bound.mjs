// node --import ./xtask/stdin-bound.mjs: the program ends when its standard input does, as it does when whoever started it
// is gone, however that came. It may also end by itself: the input does not keep it alive.
process.stdin.resume().once('end', () => process.exit()).unref();
