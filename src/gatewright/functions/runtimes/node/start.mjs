// The program of the environments that use aws-lambda-ric 3, which exports its main function and leaves calling it to
// the runtime's own image. Version 4 is such a program itself.
import { run } from './node_modules/aws-lambda-ric-3/dist/index.mjs';

await run(process.env.LAMBDA_TASK_ROOT, process.env._HANDLER);
