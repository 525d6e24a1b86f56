import { env } from "cloudflare:workers";
import { createWorker } from "../../worker.ts";
import { DEMO_KEY } from "../demo-records.ts";
import { createLocalAI } from "../local-ai.ts";
import { createCatalogue } from "../models/catalogue.ts";
import { LOCAL_OPERATOR_KEY } from "../seed-demo.ts";
import { bundledWeights } from "../weights/index.ts";
import { startFastClock } from "./fast-clock.ts";
import { DRIFTING_MODEL, EDGE_MODEL_PATH, type EdgeModelOrder } from "./control.ts";
import { worseWeights } from "./worse-weights.ts";

startFastClock(env as Parameters<typeof startFastClock>[0]);

const find = createCatalogue(bundledWeights);
const findWorse = createCatalogue({
	...bundledWeights,
	[DRIFTING_MODEL]: worseWeights(bundledWeights[DRIFTING_MODEL]),
});
let isWorse = false;

/** The stand-in for Workers AI, whose small model may be replaced by a worse one of the same name. */
export class LocalAI extends createLocalAI((name) => (isWorse ? findWorse : find)(name)) {}

const worker = createWorker({ knownKeys: [DEMO_KEY] });

/** The product's own inference Worker, and one address beside it: which weights answer to the small model's name. */
export default {
	...worker,
	async fetch(request: Request, bindings: Parameters<typeof worker.fetch>[1], context: ExecutionContext) {
		if (new URL(request.url).pathname !== EDGE_MODEL_PATH) return worker.fetch(request, bindings, context);
		if (request.headers.get("authorization") !== `Bearer ${LOCAL_OPERATOR_KEY}`)
			return new Response(null, { status: 401 });
		isWorse = (await request.json<EdgeModelOrder>()).worse;
		return Response.json({ worse: isWorse });
	},
};
