import { env } from "cloudflare:workers";
import * as product from "../../worker.ts";
import { DEMO_KEY } from "../demo-records.ts";
import { createLocalAI } from "../local-ai.ts";
import { createCatalogue } from "../models/catalogue.ts";
import { LOCAL_OPERATOR_KEY } from "../seed-demo.ts";
import { bundledWeights } from "../weights/index.ts";
import { createFastClock, replaceClock, setAlarmsBy } from "./fast-clock.ts";
import { DRIFTING_MODEL, EDGE_MODEL_PATH, type EdgeModelOrder } from "./control.ts";
import { worseWeights } from "./worse-weights.ts";

/** The bindings that only this Worker has. */
interface DemonstrationEnv {
	readonly CLOCK_SPEED?: number;
}

const speed = (env as DemonstrationEnv).CLOCK_SPEED ?? 1;
const clock = createFastClock(speed);
replaceClock(clock, speed);

const find = createCatalogue(bundledWeights);
const findWorse = createCatalogue({
	...bundledWeights,
	[DRIFTING_MODEL]: worseWeights(bundledWeights[DRIFTING_MODEL]),
});
let isWorse = false;

/** The stand-in for Workers AI, whose small model may be replaced by a worse one of the same name. */
export class LocalAI extends createLocalAI((name) => (isWorse ? findWorse : find)(name)) {}

/** What the runtime makes an instance of a ledger with. */
type LedgerParameters = ConstructorParameters<typeof product.TenantLedger>;

/** The product's ledgers; their alarms go by the fast clock too. */
export class EvidenceLedger extends product.EvidenceLedger {
	constructor(...[context, bindings]: LedgerParameters) {
		setAlarmsBy(clock, context.storage);
		super(context, bindings);
	}
}
export class TenantLedger extends product.TenantLedger {
	constructor(...[context, bindings]: LedgerParameters) {
		setAlarmsBy(clock, context.storage);
		super(context, bindings);
	}
}
export class OperatorRegistry extends product.OperatorRegistry {
	constructor(...[context, bindings]: LedgerParameters) {
		setAlarmsBy(clock, context.storage);
		super(context, bindings);
	}
}
export class ReplayRecord extends product.ReplayRecord {
	constructor(...[context, bindings]: LedgerParameters) {
		setAlarmsBy(clock, context.storage);
		super(context, bindings);
	}
}
export class MetricShard extends product.MetricShard {
	constructor(...[context, bindings]: LedgerParameters) {
		setAlarmsBy(clock, context.storage);
		super(context, bindings);
	}
}

const worker = product.createWorker({ knownKeys: [DEMO_KEY] });

/** The product's own Worker, and one address beside it: which weights answer to the small model's name. */
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
