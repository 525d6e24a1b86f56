import { createWorker } from "../worker.ts";
import { DEMO_KEY } from "./demo-records.ts";
import { withSettledSignals } from "./settled-signals.ts";

/** The local composition root: the product's own inference Worker, which here also knows the demo key, beside its `AI` stand-in. */
export default createWorker({ knownKeys: [DEMO_KEY], prepareAi: withSettledSignals });
export { LocalAI } from "./local-ai.ts";
