'use strict';
// Tells what a Node.js is, and which of the flags that follow the script's name it knows.
process.stdout.write(
  JSON.stringify({
    executable: process.execPath,
    version: process.versions.node.split('.').map(Number),
    flags: process.argv.slice(2).filter((flag) => process.allowedNodeEnvironmentFlags.has(flag)),
  }),
);
