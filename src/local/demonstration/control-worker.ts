import { env } from "cloudflare:workers";
import * as product from "../../control-worker.ts";
import { setAlarmsBy, startFastClock } from "./fast-clock.ts";

const clock = startFastClock(env as Parameters<typeof startFastClock>[0]);

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

/** The rest is the product's own control Worker. */
export { ControlPlane, UpstreamOutage } from "../../control-worker.ts";
export default product.default;
