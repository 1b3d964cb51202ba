// Loaded into a server under test by --import: answers on its IPC channel with the heap in use after a collection.
process.on('message', (message) => {
  if (message !== 'heap') return;
  globalThis.gc();
  setImmediate(() => {
    globalThis.gc();
    process.send({ heapUsed: process.memoryUsage().heapUsed });
  });
});
