// Runs the browser tests against the stand-in, once for an account with one tenant and once for one with several.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Worker, isMainThread, parentPort } from 'node:worker_threads';
import { PASSWORD, startStandIn } from './stand-in.mjs';

if (isMainThread) {
  // The stand-in lives in a thread of its own, because waiting for the tests blocks this one.
  const worker = new Worker(new URL(import.meta.url));
  const url = await new Promise((resolve) => worker.once('message', resolve));
  const tests = ['browser', 'icws'].map((name) => fileURLToPath(new URL(`${name}.test.mjs`, import.meta.url)));
  for (const username of ['single', 'many']) {
    const account = {
      PORTALGRAPH_URL: url,
      PORTALGRAPH_USERNAME: username,
      PORTALGRAPH_PASSWORD: PASSWORD,
      PORTALGRAPH_ICWS_USERNAME: 'icws',
      PORTALGRAPH_ICWS_PASSWORD: PASSWORD,
    };
    const { status } = spawnSync(process.execPath, ['--test', '--test-concurrency=1', ...tests], {
      stdio: 'inherit',
      env: { ...process.env, ...account },
    });
    process.exitCode ||= status ?? 1;
  }
  await worker.terminate();
} else {
  const { url } = await startStandIn();
  parentPort?.postMessage(url);
}
